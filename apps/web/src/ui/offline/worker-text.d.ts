declare module "#ui/offline/service-worker.js" {
  /** The source of the worker: next.config.ts imports it as text. */
  const text: string;
  export default text;
}
