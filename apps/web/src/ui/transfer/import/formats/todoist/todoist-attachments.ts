/**
 * Replaces attachments, which Todoist writes into a comment as `[[file {"file_name": …}]]`, by
 * their names and addresses. An unreadable one stays as it is.
 */
export function readAttachments(text: string): { text: string; count: number } {
  let count = 0;
  const readable = text.replace(/\[\[file (\{.*?\})\]\]/gs, (whole, json: string) => {
    const line = nameAndAddress(json);
    if (line === undefined) return whole;
    count++;
    return line;
  });
  return { text: readable, count };
}

function nameAndAddress(json: string): string | undefined {
  let file: unknown;
  try {
    file = JSON.parse(json);
  } catch {
    return undefined;
  }
  const given = new Map(Object.entries(file ?? {}));
  const first = (...names: readonly string[]) =>
    names.map((name) => given.get(name)).find((value) => typeof value === "string" && value !== "");
  const parts = [
    first("file_name", "title", "resource_type"),
    first("file_url", "url", "image"),
  ].filter(Boolean);
  return parts.length > 0 ? `Attachment: ${parts.join(", ")}` : undefined;
}
