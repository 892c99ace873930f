import pino, { type Logger } from "pino";

let logger: Logger | undefined;

/**
 * The log on standard output, one JSON line for each entry. E-4: of what a caller sent it holds the
 * sane request id alone; no token, cookie, password or task text. Development and tests log only
 * defects.
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
