// One function as Vercel runs it: the compiled entry of one address in a process of its own. Sends
// itself the first request, and says on standard output how it went and how old the process is.
import { createServer, get } from "node:http";
import { createRequire } from "node:module";
import { resolve } from "node:path";

const [folder, entry, path, token] = process.argv.slice(2);
process.chdir(folder);
const require = createRequire(resolve(folder, "package.json"));
require("next/dist/server/node-environment");
require("next/dist/server/require-hook");
const { handler } = require(`./.next/server/app/${entry}.js`);

const server = createServer((request, response) => {
  handler(request, response, { waitUntil: () => {} }).catch((error) => {
    console.error(error);
    process.exit(1);
  });
});
server.listen(0, "127.0.0.1", () => {
  const headers = token ? { Authorization: `Bearer ${token}` } : {};
  get({ host: "127.0.0.1", port: server.address().port, path, headers }, (response) => {
    response.resume().once("end", () => {
      process.stdout.write(
        JSON.stringify({
          status: response.statusCode,
          ms: performance.now(),
          memory: process.memoryUsage.rss(),
        }),
        () => process.exit(0),
      );
    });
  });
});
