/**
 * Whether a key belongs to what is being composed, and to nothing else. Safari ends the composition
 * before it tells of the key that did: 229 is what that key has then (UI Events, 7.3.1).
 */
export const isComposing = (event: {
  readonly isComposing: boolean;
  readonly keyCode: number;
}): boolean => event.isComposing || event.keyCode === 229;
