// Makes src/generated anew where schema.prisma is newer. `prisma generate` insists on the schema
// engine's file although it never runs it, and would download it: any existing file satisfies it.
import { spawnSync } from "node:child_process";
import { statSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const folder = import.meta.dirname;
const changed = (file) => statSync(join(folder, file), { throwIfNoEntry: false })?.mtimeMs ?? 0;
const sources = ["prisma/schema.prisma", "package.json"].map(changed);

if (changed("src/generated/client.ts") < Math.max(...sources)) {
  const prisma = createRequire(import.meta.url).resolve("prisma/build/index.js");
  const { status, stdout, stderr } = spawnSync(process.execPath, [prisma, "generate"], {
    cwd: folder,
    encoding: "utf8",
    env: {
      ...process.env,
      PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
      PRISMA_HIDE_UPDATE_MESSAGE: "1",
      CHECKPOINT_DISABLE: "1",
    },
  });
  if (status !== 0) {
    process.stderr.write(`${stdout}${stderr}`);
    process.exit(1);
  }
}
