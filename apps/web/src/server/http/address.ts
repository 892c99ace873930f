/** The parts of an address that its placeholders name, decoded. */
export type Params = Readonly<Record<string, string>>;

/** `/api/tasks/{id}` as a pattern that names its parts. */
export const pattern = (path: string): RegExp =>
  new RegExp(`^${path.replaceAll(".", "\\.").replace(/\{(\w+)\}/g, "(?<$1>[^/]+)")}/?$`);

/** The parts of this address; undefined where it has another form. */
export function paramsOf(form: RegExp, pathname: string): Params | undefined {
  const found = form.exec(pathname);
  if (!found) return undefined;
  const params = Object.entries(found.groups ?? {});
  return Object.fromEntries(params.map(([name, text]) => [name, decode(text)]));
}

/** What cannot be decoded stays as it is: it then equals no id. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
