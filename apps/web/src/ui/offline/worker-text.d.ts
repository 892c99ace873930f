declare module "#ui/offline/service-worker.js" {
  /** The program itself: next.config.ts makes it text. */
  const text: string;
  export default text;
}
