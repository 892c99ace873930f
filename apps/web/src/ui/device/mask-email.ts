/** An e-mail address as whoever uses this device may see it: enough for its owner to know it. */
export function maskEmail(email: string): string {
  const at = email.lastIndexOf("@");
  const [local = "", domain = ""] = [email.slice(0, at), email.slice(at + 1)];
  const dot = domain.lastIndexOf(".");
  return `${first(local)}…@${first(domain)}…${dot < 0 ? "" : domain.slice(dot)}`;
}

const first = (text: string): string => [...text][0] ?? "";
