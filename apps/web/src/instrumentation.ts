/** Next runs this once before it serves. */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME === "nodejs") {
    const { checkEnvironment } = await import("#server/env.ts");
    checkEnvironment();
  }
}
