import { expect, test } from "vitest";
import { PgClient } from "./pg-client.ts";

const at = (parameters: string) =>
  new PgClient({ connectionString: `postgresql://tend@db.example/tend?${parameters}` });

test.each(["prefer", "require", "verify-ca", "verify-full"])(
  "[C-4] sslmode=%s verifies the certificate and the host, and nothing warns of it",
  async (mode) => {
    const warnings: Error[] = [];
    const listen = (warning: Error) => warnings.push(warning);
    process.on("warning", listen);
    expect(at(`a=b&sslmode=${mode}&channel_binding=require`).ssl).toEqual({});
    await new Promise(setImmediate);
    process.off("warning", listen);
    expect(warnings).toEqual([]);
  },
);

test("[C-4] no-verify, disable and libpq's own meaning stay what they are", () => {
  expect(at("sslmode=no-verify").ssl).toEqual({ rejectUnauthorized: false });
  expect(at("sslmode=disable").ssl).toBe(false);
  expect(at("uselibpqcompat=true&sslmode=require").ssl).toEqual({ rejectUnauthorized: false });
  expect(at("").ssl).toBe(false);
});
