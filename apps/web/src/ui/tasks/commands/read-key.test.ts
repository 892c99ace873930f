import { describe, expect, test } from "vitest";
import { commandList } from "./commands.ts";
import { commandOf, isSingle } from "./read-key.ts";

type Press = Parameters<typeof commandOf>[0];
type Circumstances = Parameters<typeof commandOf>[1];

const commandFor = (press: Partial<Press>, at: Partial<Circumstances> = {}) =>
  commandOf(
    {
      key: "",
      code: "",
      ctrlKey: false,
      metaKey: false,
      altKey: false,
      shiftKey: false,
      repeat: false,
      ...press,
    },
    { isApple: false, isTyping: false, singleKeys: true, ...at },
  );

/** The event that a keyboard sends for a key of the table. */
const pressOf = (key: string) => ({
  key: key.replace(/^(?:mod|alt)\+/, ""),
  ctrlKey: key.startsWith("mod+"),
  altKey: key.startsWith("alt+"),
});

describe("the table", () => {
  test("gives no key two meanings", () => {
    const keys = commandList.flatMap(([, { keys }]) => keys);
    expect(new Set(keys).size).toBe(keys.length);
  });

  test("is heard, each key as its row says", () => {
    for (const [name, { keys }] of commandList) {
      for (const key of keys) {
        const press = pressOf(key);
        expect([key, commandFor(press)]).toEqual([key, name]);
      }
    }
  });
});

describe("a key means nothing", () => {
  test("while somebody types, but for the palette", () => {
    for (const key of ["n", "Enter", "Delete", "ArrowDown", "?"]) {
      expect(commandFor({ key }, { isTyping: true })).toBeUndefined();
    }
    expect(commandFor({ key: "z", ctrlKey: true }, { isTyping: true })).toBeUndefined();
    expect(commandFor({ key: "ArrowUp", altKey: true }, { isTyping: true })).toBeUndefined();
    expect(commandFor({ key: "k", ctrlKey: true }, { isTyping: true })).toBe("openPalette");
  });

  test("with a modifier, or with the one of another system", () => {
    for (const modifier of [{ ctrlKey: true }, { metaKey: true }, { altKey: true }]) {
      expect(commandFor({ key: "n", ...modifier })).toBeUndefined();
      expect(commandFor({ key: "Delete", ...modifier })).toBeUndefined();
    }
    expect(commandFor({ key: "N", shiftKey: true })).toBeUndefined();
    for (const modifier of [{ ctrlKey: true }, { metaKey: true }, { shiftKey: true }]) {
      expect(commandFor({ key: "ArrowUp", altKey: true, ...modifier })).toBeUndefined();
    }
    expect(commandFor({ key: "Z", ctrlKey: true, shiftKey: true })).toBeUndefined();
    expect(commandFor({ key: "k", metaKey: true })).toBeUndefined();
    expect(commandFor({ key: "k", ctrlKey: true }, { isApple: true })).toBeUndefined();
    expect(commandFor({ key: "k", metaKey: true }, { isApple: true })).toBe("openPalette");
  });

  test("when it is held down, unless it moves", () => {
    for (const key of ["n", "x", "Delete", "z", "Enter"]) {
      expect(commandFor({ key, repeat: true })).toBeUndefined();
    }
    expect(commandFor({ key: "j", repeat: true })).toBe("nextTask");
    expect(commandFor({ key: "ArrowUp", repeat: true })).toBe("previousTask");
  });

  test("when single keys are off; those that are no letter or sign stay", () => {
    for (const [name, { keys }] of commandList) {
      for (const key of keys) {
        const press = pressOf(key);
        const heard = commandFor(press, { singleKeys: false });
        expect([key, heard]).toEqual([key, isSingle(key) ? undefined : name]);
      }
    }
  });
});

describe("other keyboards", () => {
  test.each([
    ["Russian", { key: "т", code: "KeyN" }, "addTask"],
    ["Greek", { key: "ξ", code: "KeyJ" }, "nextTask"],
    ["Hebrew", { key: "ס", code: "KeyX" }, "completeTask"],
    ["Russian with Ctrl", { key: "я", code: "KeyZ", ctrlKey: true }, "undo"],
    ["Dvorak", { key: "n", code: "KeyL" }, "addTask"],
    ["AZERTY, whose digits need shift", { key: "1", code: "Digit1", shiftKey: true }, "showAll"],
    ["German, whose slash needs shift", { key: "/", code: "Digit7", shiftKey: true }, "search"],
    ["caps lock", { key: "N", code: "KeyN" }, "addTask"],
  ] as const)("%s", (_, press, name) => expect(commandFor(press)).toBe(name));

  test("a Latin letter that is not ours is not taken for its neighbour", () => {
    expect(commandFor({ key: "é", code: "Digit2" })).toBeUndefined();
    expect(commandFor({ key: "ñ", code: "KeyN" })).toBeUndefined();
  });
});
