import pino, { type Logger } from "pino";

let logger: Logger | undefined;

/**
 * One JSON line each on standard output. E-4: nothing that a caller sent goes in but the sane
 * request id; no token, cookie, password or task text. Development and tests only hear of defects.
 */
export function log(): Logger {
  logger ??= pino({
    level: process.env.NODE_ENV === "production" ? "info" : "error",
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (level) => ({ level }) },
  });
  return logger;
}
