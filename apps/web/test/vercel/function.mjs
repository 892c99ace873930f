// One function of the Build Output in a process of its own, as Vercel's runtime has it. Plain
// JavaScript, since nothing may be loaded here but what the function brings.
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { join } from "node:path";

const [folder, handler, kind] = process.argv.slice(2);

// Vercel keeps a function awake for what it is asked to wait for; here nothing ever freezes.
globalThis[Symbol.for("@vercel/request-context")] = { get: () => ({ waitUntil() {} }) };

const loaded = createRequire(join(folder, "/"))(join(folder, handler));
const run = loaded.default ?? loaded;

async function runOnWeb(incoming, outgoing) {
  const { method, url, headers } = incoming;
  const response = await run(
    new Request(new URL(url, `http://${headers.host}`), { method, headers }),
  );
  outgoing.setHeaders(response.headers).writeHead(response.status);
  outgoing.end(Buffer.from(await response.arrayBuffer()));
}

const answer = kind === "web" ? runOnWeb : run;
const server = createServer((incoming, outgoing) => {
  Promise.resolve(answer(incoming, outgoing)).catch((error) => {
    // Next throws null at an address that cannot be decoded.
    if (error !== null) console.error(error);
    // As Vercel answers for a function that failed.
    if (outgoing.headersSent) outgoing.destroy();
    else outgoing.writeHead(500).end("FUNCTION_INVOCATION_FAILED");
  });
});
// Whoever keeps a connection finds it open.
server.keepAliveTimeout = 0;
server.listen(0, "127.0.0.1", () => process.send(server.address().port));
process.once("disconnect", () => process.exit());
