// Runs one function of the Build Output in a process of its own, as Vercel's runtime does. The file
// is plain JavaScript, since only the files of the function may be loaded.
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { join } from "node:path";

const [folder, handler, kind] = process.argv.slice(2);

// `waitUntil` keeps a function awake on Vercel; this process never freezes, so it does nothing.
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
    // The answer is that of Vercel for a function that failed.
    if (outgoing.headersSent) outgoing.destroy();
    else outgoing.writeHead(500).end("FUNCTION_INVOCATION_FAILED");
  });
});
// No timeout, so that the host can reuse a connection.
server.keepAliveTimeout = 0;
server.listen(0, "127.0.0.1", () => process.send(server.address().port));
process.once("disconnect", () => process.exit());
