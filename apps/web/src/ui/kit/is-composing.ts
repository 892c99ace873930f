/**
 * Whether a key event belongs to a text composition (IME) alone. Safari ends the composition before
 * the event of the key that ended it: that key has the code 229 (UI Events, 7.3.1).
 */
export const isComposing = (event: {
  readonly isComposing: boolean;
  readonly keyCode: number;
}): boolean => event.isComposing || event.keyCode === 229;
