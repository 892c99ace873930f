/** A bare server of which each answer costs so many milliseconds of the processor, and says its port. */
import { createServer } from "node:http";

const cost = Number(process.argv[2]) * 1_000;

// No time-out of the server's own: it would close a connection just when a late client uses it.
const endless = { keepAliveTimeout: 0, requestTimeout: 0, headersTimeout: 0 };
const server = createServer(endless, (_, response) => {
  const begin = process.cpuUsage();
  for (let used = 0; used < cost; ) {
    const { user, system } = process.cpuUsage(begin);
    used = user + system;
  }
  response.end();
});
server.listen(0, "127.0.0.1", () => process.send?.(server.address().port));
process.once("disconnect", () => process.exit());
