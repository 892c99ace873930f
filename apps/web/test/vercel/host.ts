/** Serves the output of `vercel build` on this machine, as Vercel's network would. */
import { fork } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import {
  Agent,
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type RequestOptions,
  request,
  type ServerResponse,
} from "node:http";
import { extname } from "node:path";
import { pipeline } from "node:stream/promises";
import { fileURLToPath } from "node:url";
import { type BuiltFunction, type Output, readOutput } from "./output.ts";
import { holds, type Passage, passedOn, route } from "./router.ts";

const program = fileURLToPath(new URL("function.mjs", import.meta.url));

const contentTypes: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".js": "application/javascript; charset=utf-8",
  ".txt": "text/plain; charset=utf-8",
  ".webp": "image/webp",
  ".woff2": "font/woff2",
};

type Environment = Readonly<Record<string, string>>;

/** Starts a process that runs the function with nothing but this environment. */
export async function startFunction(
  { folder, handler, useWebApi }: BuiltFunction,
  env: Environment,
) {
  const child = fork(program, [folder, handler, useWebApi ? "web" : "node"], {
    env: { NODE_ENV: "production", ...env },
    execArgv: [],
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const ended = once(child, "exit");
  const [port] = await Promise.race([once(child, "message"), ended]);
  if (!child.connected) throw new Error(`The function in ${folder} ended before it was loaded.`);
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
    await ended;
  };
  return { pid: child.pid, port: Number(port), stop };
}
type RunningFunction = Awaited<ReturnType<typeof startFunction>>;

/**
 * Serves the output in `folder` with `env` as the environment of the deployment. Clients may set
 * their address by `X-Forwarded-For`, to be many in tests; Vercel itself ignores it.
 */
export async function startHost(folder: string, env: Environment, port = 0) {
  const built = readOutput(folder);
  const running = new Map<string, Promise<RunningFunction>>();
  // Connections are kept alive: one that ended with its answer would cut off a running upload.
  const agent = new Agent({ keepAlive: true });

  async function ask(one: BuiltFunction, options: RequestOptions, body?: IncomingMessage) {
    const started = running.get(one.folder) ?? startFunction(one, env);
    running.set(one.folder, started);
    const { port } = await started;
    const sent = request({ ...options, host: "127.0.0.1", port, agent });
    // The head is sent before the body, which may never come: some requests are answered without.
    sent.flushHeaders();
    // A client that is answered early cannot send the rest; that is no error.
    if (body) pipeline(body, sent).catch(() => {});
    else sent.end();
    const [answer]: IncomingMessage[] = await once(sent, "response");
    if (!answer) throw new Error(`The function in ${one.folder} gave no answer.`);
    return answer;
  }

  async function askMiddleware(at: string, { path, search, asked }: Passage) {
    const output = built.outputs.get(at);
    if (output?.kind !== "function") throw new Error(`There is no middleware at ${at}.`);
    // A middleware reads no body, and gets none.
    const { "content-length": _, ...headers } = asked;
    const answer = await ask(output.built, { path: path + search, headers });
    return answer.resume().headers;
  }

  async function answer(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const { method, url = "/" } = incoming;
    // The path is kept as sent: an undecodable one goes to the function as it is.
    const [, path = "/", search = ""] = /^([^?]*)(.*)$/s.exec(url) ?? [];
    const heard = { "x-forwarded-for": "127.0.0.1", ...passedOn(incoming.headers) };
    const asked = { ...heard, "x-vercel-forwarded-for": heard["x-forwarded-for"] };
    const passage: Passage = { path, search, asked, status: undefined, headers: {}, important: {} };
    const output = await route(built, askMiddleware, passage);
    const fixed = await readFixed(output, method, passage.asked);
    if (fixed || output?.kind !== "function") {
      const headers = { ...fixed?.headers, ...passage.headers, ...passage.important };
      outgoing.writeHead(passage.status ?? fixed?.status ?? 404, headers);
      outgoing.end(method === "HEAD" ? undefined : fixed?.body);
      return;
    }
    const matched = { "x-matched-path": passage.important["x-matched-path"] };
    const headers = { ...passage.asked, ...matched };
    const options = { method, path: path + passage.search, headers };
    const said = await ask(output.built, options, incoming);
    outgoing.writeHead(passage.status ?? said.statusCode ?? 500, {
      ...passage.headers,
      ...passedOn(said.headers),
      ...passage.important,
    });
    await pipeline(said, outgoing);
  }

  const server = createServer((incoming, outgoing) => {
    answer(incoming, outgoing).catch((error: unknown) => {
      if (!outgoing.destroyed) console.error(error);
      outgoing.destroy();
    });
  });
  await once(server.listen(port, "127.0.0.1"), "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The host has no port.");
  return {
    origin: `http://localhost:${address.port}`,
    async stop(): Promise<void> {
      server.closeAllConnections();
      server.close();
      agent.destroy();
      for (const started of running.values()) await (await started).stop();
    },
  };
}

/** Reads an answer that needs no function: a file, or one that was made at build time. */
async function readFixed(
  output: Output | undefined,
  method: string | undefined,
  asked: IncomingHttpHeaders,
) {
  if (output === undefined || (method !== "GET" && method !== "HEAD")) return undefined;
  if (output.kind === "file") {
    const type = output.contentType ?? contentTypes[extname(output.file)];
    if (type === undefined) throw new Error(`Of what type is ${output.file}? Add it to this host.`);
    const caching = "public, max-age=0, must-revalidate";
    const headers = { "content-type": type, "cache-control": caching };
    return { status: 200, headers, body: await readFile(output.file) };
  }
  const { prerendered } = output;
  if (!prerendered) return undefined;
  if (prerendered.experimentalBypassFor?.some((one) => holds(one, asked))) return undefined;
  const { initialStatus: status = 200, initialHeaders: headers, file } = prerendered;
  return { status, headers, body: await readFile(file) };
}
