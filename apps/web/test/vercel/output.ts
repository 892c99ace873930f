/**
 * Reads the output of `vercel build`: the Build Output API, version 3. Unknown properties are
 * errors, so that a newer builder's routes are not silently left out.
 */
import { readdirSync, readFileSync, realpathSync } from "node:fs";
import { join, relative } from "node:path";
import { z } from "zod";

const Condition = z.strictObject({
  type: z.literal("header"),
  key: z.string(),
  value: z.string().optional(),
});
export type Condition = z.infer<typeof Condition>;

const Rule = z.strictObject({
  src: z.string(),
  dest: z.string().optional(),
  status: z.number().optional(),
  headers: z.record(z.string(), z.string()).optional(),
  continue: z.boolean().optional(),
  check: z.boolean().optional(),
  important: z.boolean().optional(),
  caseSensitive: z.boolean().optional(),
  has: z.array(Condition).optional(),
  missing: z.array(Condition).optional(),
  middlewarePath: z.string().optional(),
  middlewareRawSrc: z.array(z.string()).optional(),
  // `override` makes no difference: the headers of a later rule replace those of an earlier one.
  override: z.boolean().optional(),
});
export type Rule = z.infer<typeof Rule>;

const Handle = z.strictObject({
  handle: z.enum(["filesystem", "resource", "miss", "rewrite", "hit", "error"]),
});
export type Phase = z.infer<typeof Handle>["handle"] | "start";

const Config = z.strictObject({
  version: z.literal(3),
  routes: z.array(z.union([Handle, Rule])),
  overrides: z.record(
    z.string(),
    z.strictObject({ path: z.string().optional(), contentType: z.string().optional() }),
  ),
  framework: z.unknown(),
  crons: z.array(z.never()),
});

/** A function whose files all lie in its folder; `filePathMap` would name others. */
const FunctionConfig = z.object({
  handler: z.string(),
  launcherType: z.literal("Nodejs"),
  useWebApi: z.boolean().optional(),
  filePathMap: z.never().optional(),
});

const Prerender = z.object({
  expiration: z.literal(false),
  fallback: z.object({ fsPath: z.string() }),
  initialHeaders: z.record(z.string(), z.string()),
  initialStatus: z.number().optional(),
  experimentalBypassFor: z.array(Condition).optional(),
});

export interface BuiltFunction extends z.infer<typeof FunctionConfig> {
  readonly folder: string;
}

/** The output at one path. */
export type Output =
  | { readonly kind: "file"; readonly file: string; readonly contentType?: string | undefined }
  | {
      readonly kind: "function";
      readonly built: BuiltFunction;
      /** The answer that was made at build time, and stands until the next deployment. */
      readonly prerendered?: z.infer<typeof Prerender> & { readonly file: string };
    };

const readJson = (file: string): unknown => JSON.parse(readFileSync(file, "utf8"));

/** Paths below a folder, relative to it, without those inside a function. */
function entries(folder: string, at = folder): string[] {
  return readdirSync(at, { withFileTypes: true }).flatMap((entry) => {
    const path = join(at, entry.name);
    const isFolder = entry.isDirectory() && !entry.name.endsWith(".func");
    return isFolder ? entries(folder, path) : [relative(folder, path)];
  });
}

function readFunction(link: string): BuiltFunction {
  const folder = realpathSync(link);
  return { ...FunctionConfig.parse(readJson(join(folder, ".vc-config.json"))), folder };
}

export interface BuildOutput {
  readonly rules: Readonly<Record<Phase, readonly Rule[]>>;
  /** The outputs by path. */
  readonly outputs: ReadonlyMap<string, Output>;
}

export function readOutput(folder: string): BuildOutput {
  const { routes, overrides } = Config.parse(readJson(join(folder, "config.json")));
  const outputs = new Map<string, Output>();
  const statics = join(folder, "static");
  for (const entry of entries(statics)) {
    const { path = entry, contentType } = overrides[entry] ?? {};
    outputs.set(`/${path}`, { kind: "file", file: join(statics, entry), contentType });
  }
  const functions = join(folder, "functions");
  const names = entries(functions);
  for (const name of names.filter((entry) => entry.endsWith(".func"))) {
    const path = name.slice(0, -".func".length);
    const built = readFunction(join(functions, name));
    const config = `${path}.prerender-config.json`;
    const output: Output = { kind: "function", built };
    outputs.set(
      path === "index" ? "/" : `/${path}`,
      names.includes(config)
        ? { ...output, prerendered: readPrerender(functions, config) }
        : output,
    );
  }
  return { rules: inPhases(routes), outputs };
}

function readPrerender(functions: string, config: string) {
  const file = join(functions, config);
  const prerender = Prerender.parse(readJson(file));
  return { ...prerender, file: join(file, "..", prerender.fallback.fsPath) };
}

function inPhases(routes: z.infer<typeof Config>["routes"]): Record<Phase, readonly Rule[]> {
  const phases: Record<Phase, Rule[]> = {
    start: [],
    filesystem: [],
    resource: [],
    miss: [],
    rewrite: [],
    hit: [],
    error: [],
  };
  let phase: Phase = "start";
  for (const route of routes) {
    if ("handle" in route) phase = route.handle;
    else phases[phase].push(route);
  }
  return phases;
}
