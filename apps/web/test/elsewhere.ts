/** Where an app runs already, on an environment and a database of its own: Vercel's functions, for one. */
export const elsewhere = process.env.TEND_ORIGIN;
