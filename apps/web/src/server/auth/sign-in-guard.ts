import { createHmac } from "node:crypto";
import { Prisma } from "@tend/db";
import { ProblemError } from "#server/http/problem.ts";
import { accountDatabase } from "./account-database.ts";
import { derivedKeys } from "./signing-keys.ts";

const { sql } = Prisma;

/** A keyed hash: the table of failures holds no email, no address of a network, and no session. */
export const hashOf = (text: string): string =>
  createHmac("sha256", derivedKeys("tend sign-in")[0]).update(text).digest("hex");

/** What stands for an email in `sign_in_failures`. */
export const accountOf = (email: string): string => hashOf(email.toLowerCase());

/** A row that counts consecutive failures, and the waits that follow from them. */
interface Counter {
  readonly row: string;
  /** Consecutive attempts without a wait after them. */
  readonly quota: number;
  /** Seconds of the first wait; each further one is twice as long, up to a day. */
  readonly firstWait: number;
  /** Days after which it begins anew, however recent the last failure is. */
  readonly window: number | null;
}

const inARow = (row: string): Counter => ({ row, quota: 20, firstWait: 30, window: null });

/**
 * One network alone fails 60 times in a month by its own count, and so never makes others wait. Any
 * number of networks together fail 97 times: 62, 7 until a wait is a day, then one a day.
 */
const ofAccount = (row: string): Counter => ({ row, quota: 62, firstWait: 900, window: 30 });

/** A-7: admits or refuses an attempt at a password before the password is compared. */
export interface Guard {
  /**
   * Counts the attempt as a failure before it is tried, so that no concurrent guess slips through.
   *
   * @throws ProblemError too_many_requests: it is not to be tried.
   */
  count(): Promise<void>;
  /** Ends the counts of an attempt whose password was right. */
  forget(): Promise<void>;
}

/**
 * The guard of a sign-in with this email: of a browser that `deviceOf` knows for the account that
 * has the email now, or of a stranger.
 */
export function signInGuard(
  email: string,
  network: string,
  deviceOf: (userId: string) => string | undefined,
): Guard {
  let found: Promise<Guard> | undefined;
  const find = async () => {
    const user = await accountDatabase().user.findUnique({
      where: { email },
      select: { id: true },
    });
    const device = user ? deviceOf(user.id) : undefined;
    return device === undefined ? strangerGuard(email, network) : deviceGuard(email, device);
  };
  const known = () => {
    found ??= find();
    return found;
  };
  return {
    count: async () => (await known()).count(),
    forget: async () => (await known()).forget(),
  };
}

/**
 * The guard of a browser that has signed in before: strangers' guesses do not lock it out. All such
 * browsers also share a count, against cookies collected while the password was known; a sign-in of
 * one does not end that count.
 */
function deviceGuard(email: string, device: string): Guard {
  const account = accountOf(email);
  const own = inARow(`${account} ${hashOf(`device ${device}`)}`);
  return guard([own, ofAccount(`${account} devices`)], [own]);
}

/** The guard of a stranger to the account, whether or not there is such a user. */
function strangerGuard(email: string, network: string): Guard {
  const account = accountOf(email);
  return guard([inARow(`${account} ${hashOf(`network ${network}`)}`), ofAccount(account)]);
}

/** The guard of a live session: nobody else can lock it, and it locks nobody else. */
export const sessionGuard = (email: string, session: string): Guard =>
  guard([inARow(`${accountOf(email)} ${hashOf(`session ${session}`)}`)]);

const guard = (counters: readonly Counter[], ended = counters): Guard => ({
  count: () => countInTurn(counters),
  forget: () => forget(ended),
});

/** The last guess that this process is counting, by row. */
const counting = new Map<string, Promise<void>>();

/**
 * Counts guesses at one account one after another: they would else wait for one row in PostgreSQL,
 * each with a connection, some for longer than a lock may take.
 */
async function countInTurn(counters: readonly Counter[]): Promise<void> {
  const row = counters.at(-1)?.row ?? "";
  const before = counting.get(row);
  const counted = (async () => {
    await before?.catch(() => {});
    await count(counters);
  })();
  counting.set(row, counted);
  try {
    await counted;
  } finally {
    if (counting.get(row) === counted) counting.delete(row);
  }
}

async function count(counters: readonly Counter[]): Promise<void> {
  // First a look at all of them, so that what one refuses does not count with another.
  await refuseWhileWaiting(counters);
  for (const counter of counters) {
    if (await countRow(counter)) continue;
    await refuseWhileWaiting(counters);
  }
  if (--untilSweep > 0) return;
  untilSweep = 100;
  await sweepFailures();
}

/** Failures older than this count no more. */
const memory = sql`interval '30 days'`;

/** @returns whether the attempt was counted: it is not while the row makes others wait. */
async function countRow({ row, quota, firstWait, window }: Counter): Promise<boolean> {
  const isOver = sql`(f.last_failure_at < now() - ${memory}
    OR f.counted_since < now() - make_interval(days => ${window}::int) IS TRUE)`;
  const failures = sql`(CASE WHEN ${isOver} THEN 0 ELSE f.failures END + 1)`;
  const counted = await accountDatabase().$executeRaw`
    INSERT INTO sign_in_failures AS f (account, failures) VALUES (${row}, 1)
    ON CONFLICT (account) DO UPDATE SET
      failures = ${failures},
      last_failure_at = now(),
      counted_since = CASE WHEN ${isOver} THEN now() ELSE f.counted_since END,
      locked_until = CASE WHEN ${failures} >= ${quota} THEN now() + least(
        make_interval(secs => ${firstWait}::int) * power(2, least(${failures} - ${quota}, 12)),
        interval '24 hours') END
    WHERE f.locked_until IS NULL OR f.locked_until <= now()`;
  return counted === 1;
}

/** @throws ProblemError too_many_requests */
async function refuseWhileWaiting(counters: readonly Counter[]): Promise<void> {
  const rows = counters.map(({ row }) => row);
  const [wait] = await accountDatabase().$queryRaw<{ account: string; seconds: number }[]>`
    SELECT account, greatest(1, ceil(extract(epoch FROM locked_until - now())))::int AS seconds
    FROM sign_in_failures WHERE account = ANY(${rows}::text[]) AND locked_until > now()
    ORDER BY locked_until DESC LIMIT 1`;
  if (!wait) return;
  const quota = counters.find(({ row }) => row === wait.account)?.quota;
  throw new ProblemError("too_many_requests", {
    detail:
      "Too many attempts with this email. Wait for the seconds in the Retry-After header, then try again.",
    headers: {
      "Retry-After": String(wait.seconds),
      "RateLimit-Policy": `"sign-in";q=${quota}`,
      RateLimit: `"sign-in";r=0;t=${wait.seconds}`,
    },
  });
}

/** Ends these counts, and sweeps up to 1,000 others that count no more. */
async function forget(counters: readonly Counter[]): Promise<void> {
  await accountDatabase().$executeRaw`
    DELETE FROM sign_in_failures WHERE account = ANY(${counters.map(({ row }) => row)}::text[] || ARRAY(
      SELECT account FROM sign_in_failures WHERE last_failure_at < now() - ${memory}
      LIMIT 1000 FOR UPDATE SKIP LOCKED))`;
}

/** Rows that are kept: guesses at ever new emails do not fill a disk. */
export const mostRows = 100_000;

/** Counted guesses of this process until it looks how many rows there are. */
let untilSweep = 100;

/** Deletes the surplus rows: first those with the fewest failures, and of those the oldest. */
export async function sweepFailures(): Promise<void> {
  await accountDatabase().$executeRaw`
    DELETE FROM sign_in_failures WHERE account = ANY(ARRAY(
      SELECT account FROM sign_in_failures WHERE locked_until IS NULL OR locked_until <= now()
      ORDER BY failures, last_failure_at
      LIMIT greatest(0, (SELECT count(*) FROM sign_in_failures) - ${mostRows}::int)
      FOR UPDATE SKIP LOCKED))`;
}
