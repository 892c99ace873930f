import { randomInt } from "node:crypto";

/** The address of a client like no other: sign-ups and guesses are counted by address. */
export const someAddress = (): string =>
  `10.${randomInt(256)}.${randomInt(256)}.${randomInt(1, 255)}`;
