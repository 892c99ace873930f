/** The addresses of the database in an environment (C-4), the aliases that Neon sets included. */
export interface DatabaseUrls {
  /** For requests; may go through a pooler. */
  readonly url: string | undefined;
  /** For migrations: past the pooler where there is one. */
  readonly direct: string | undefined;
}

export function databaseUrls(env: Readonly<Record<string, string | undefined>>): DatabaseUrls {
  const pooled = env.DATABASE_URL || env.NEON_DB_URL || undefined;
  const direct = env.DIRECT_URL || env.DATABASE_URL_UNPOOLED || undefined;
  return { url: pooled ?? direct, direct: direct ?? pooled };
}
