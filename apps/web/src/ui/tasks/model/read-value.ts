export type JsonObject = Readonly<Record<string, unknown>>;

export const isRecord = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Reads a value that any version of the app, or a person, stored. Undefined: unreadable. */
export type ReadValue<Value> = (stored: unknown) => Value | undefined;

export const readText: ReadValue<string> = (stored) =>
  typeof stored === "string" ? stored : undefined;

export const readBoolean: ReadValue<boolean> = (stored) =>
  typeof stored === "boolean" ? stored : undefined;

export const readInstant: ReadValue<string> = (stored) =>
  typeof stored === "string" && !Number.isNaN(Date.parse(stored)) ? stored : undefined;

export const readMatching =
  (pattern: RegExp): ReadValue<string> =>
  (stored) =>
    typeof stored === "string" && pattern.test(stored) ? stored : undefined;

export const orNull =
  <Value>(read: ReadValue<Value>): ReadValue<Value | null> =>
  (stored) =>
    stored === null ? null : read(stored);
