import { Client, type ClientConfig } from "pg";

/**
 * The client of `pg`, strict about two parameters of an address: `channel_binding=require`, which
 * `pg` ignores, and `sslmode=require`, which `pg` takes for `verify-full` and warns that it will
 * mean less. Here it always means that.
 */
export class PgClient extends Client {
  constructor({ connectionString = "", ...config }: ClientConfig = {}) {
    const bound = /[?&]channel_binding=require(&|$)/.test(connectionString);
    super({
      ...config,
      connectionString: withVerification(connectionString),
      enableChannelBinding: bound,
    });
    if (bound) this.#refuseUnbound();
  }

  /**
   * Ends a connection whose server has not proven that it knows the password and that this very TLS
   * channel ends at it. `pg` alone would give a server whatever it wants, even a password in clear.
   */
  #refuseUnbound(): void {
    const { connection } = this;
    let proven = false;
    const refuse = () => connection.emit("error", new Error(notBound));
    // These listeners run before those of `pg`, which then do not run or write to a closed stream.
    connection.on("error", () => {
      connection.removeAllListeners("readyForQuery");
      connection.stream.destroy();
    });
    connection.on("authenticationCleartextPassword", refuse);
    connection.on("authenticationMD5Password", refuse);
    connection.on("authenticationSASL", ({ mechanisms }: { mechanisms: string[] }) => {
      if (!mechanisms.includes("SCRAM-SHA-256-PLUS")) refuse();
    });
    connection.on("authenticationSASLFinal", () => {
      proven = true;
    });
    connection.on("authenticationOk", () => {
      if (!proven) refuse();
    });
  }
}

const notBound =
  "SASL: the address says channel_binding=require, and the server does not offer that (SCRAM-SHA-256-PLUS, over TLS only). Add sslmode=require where it is missing, or ask who runs the server.";

/** Leaves `sslmode` its meaning in libpq where the address says so. */
const withVerification = (url: string): string =>
  /[?&]uselibpqcompat=true(&|$)/.test(url)
    ? url
    : url.replace(/([?&]sslmode=)(?:prefer|require|verify-ca)(?=&|$)/, "$1verify-full");
