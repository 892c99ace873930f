import { type CommandName, commandList } from "./commands.ts";

/** Whether a key is a letter, digit or sign alone, which dictation may press (WCAG 2.1.4). */
export const isSingle = (key: string): boolean => key.length === 1 && key !== " ";

type Press = Pick<
  KeyboardEvent,
  "key" | "code" | "ctrlKey" | "metaKey" | "altKey" | "shiftKey" | "repeat"
>;

interface Circumstances {
  readonly isApple: boolean;
  readonly isTyping: boolean;
  readonly singleKeys: boolean;
}

/** The command that a press of a key asks for, if any. */
export function commandOf(press: Press, at: Circumstances): CommandName | undefined {
  const key = keyOf(press, at.isApple);
  if (key === undefined || (isSingle(key) && !at.singleKeys)) return undefined;
  const found = commandList.find(([, { keys }]) => keys.includes(key));
  if (!found) return undefined;
  const [name, { whileTyping, repeats }] = found;
  // Keys belong to the text while a person types.
  if (at.isTyping && !whileTyping) return undefined;
  return press.repeat && !repeats ? undefined : name;
}

function keyOf(press: Press, isApple: boolean): string | undefined {
  const { ctrlKey, metaKey, altKey, shiftKey } = press;
  const key = letterOf(press);
  const [mod, other] = isApple ? [metaKey, ctrlKey] : [ctrlKey, metaKey];
  if (other || (mod && (shiftKey || altKey))) return undefined;
  if (altKey) return shiftKey ? undefined : `alt+${key}`;
  return mod ? `mod+${key}` : key;
}

/**
 * The letter that is written on a key, so that every Latin layout works. A letter of another
 * script, as Greek or Russian, counts by its place: else no letter could be pressed at all.
 */
function letterOf({ key, code, shiftKey }: Press): string {
  const isForeign = /^\p{L}$/u.test(key) && !/\p{Script=Latin}/u.test(key);
  const letter = isForeign ? (/^Key([A-Z])$/.exec(code)?.[1] ?? key) : key;
  // Caps lock is no shift.
  return letter.length === 1 && !shiftKey ? letter.toLowerCase() : letter;
}
