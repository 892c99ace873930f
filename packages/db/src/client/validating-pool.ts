import { Pool, type PoolClient, type PoolConfig, type QueryConfig } from "pg";

/** Milliseconds without use after which a connection may have ended unnoticed. */
const checkIntervalMs = 1_000;
/** Milliseconds in which a connection has to answer. */
const checkTimeoutMs = 300;

/** The cheapest query, which checks a connection. */
const question: QueryConfig & { query_timeout: number } = {
  text: "SELECT 1",
  query_timeout: checkTimeoutMs,
};

type Callback = Parameters<Pool["connect"]>[0];

/**
 * A pool that gives out no connection that ended while idle: because the server went to sleep, and
 * this process was frozen or has not noticed yet. A dead connection has carried no statement, so
 * that nothing is done twice.
 */
export class ValidatingPool extends Pool {
  readonly #used = new WeakMap<PoolClient, number>();

  constructor(config: PoolConfig) {
    super(config);
    // An idle connection that ends has left the pool already; without a listener its error ends the
    // process. Prisma listens too, but only from its first query on.
    this.on("error", () => {});
    // Wall-clock time: a monotonic clock may stand still while the process is frozen.
    this.on("release", (_error, client) => this.#used.set(client, Date.now()));
  }

  override connect(): Promise<PoolClient>;
  override connect(callback: Callback): void;
  override connect(callback?: Callback): Promise<PoolClient> | undefined {
    if (!callback) {
      return new Promise((resolve, reject) => {
        this.connect((error, client) => (client ? resolve(client) : reject(error)));
      });
    }
    const start = Date.now();
    const attempt = () =>
      super.connect((error, client, release) => {
        const now = Date.now();
        const used = client && this.#used.get(client);
        // A server that does not answer is not asked again: the statement has its own time-out.
        if (used === undefined || now - used < checkIntervalMs || now - start > checkTimeoutMs) {
          callback(error, client, release);
          return;
        }
        const listen = () => {};
        client?.on("error", listen);
        client?.query(question).then(
          () => {
            client.off("error", listen);
            callback(error, client, release);
          },
          () => {
            release(true);
            attempt();
          },
        );
      });
    attempt();
    return undefined;
  }
}
