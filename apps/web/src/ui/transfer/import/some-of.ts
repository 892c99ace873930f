const shown = 3;

/** The first of them, each once, and how many there are besides. */
export function someOf(examples: readonly string[]): string {
  const each = [...new Set(examples)];
  const more = each.length - shown;
  const first = each.slice(0, shown).join(", ");
  return more > 0 ? `${first} and ${more.toLocaleString("en")} more` : first;
}
