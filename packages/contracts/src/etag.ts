/** The strong validator of one state of a task (RFC 9110, 8.8.3). No zod here, for the browser. */
export const etagOf = ({ version }: { readonly version: number }): string => `"${version}"`;
