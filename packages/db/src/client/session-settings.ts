/**
 * The settings of every session. UTC, since the adapter writes instants without a zone. The server
 * gives up before `query_timeout`: no abandoned statement runs later. A write waits for its user's
 * counter and its row: a second in all, unless others of the user wait before it.
 */
const settings = { TimeZone: "UTC", statement_timeout: "2000ms", lock_timeout: "350ms" };

const assignments = Object.entries(settings).map(([name, value]) => `SET ${name} = '${value}'`);

/** The statement that gives its session these settings. */
export const setSession = assignments.join("; ");

/**
 * Makes the settings the defaults of this role in this database: a pooler in transaction mode runs
 * our statements in sessions that it opened, where `setSession` never ran.
 */
export const setEverySession = `DO $$ DECLARE assignment text; BEGIN
  FOREACH assignment IN ARRAY ARRAY[${assignments.map((text) => `$_$${text}$_$`).join(", ")}] LOOP
    EXECUTE format('ALTER ROLE %I IN DATABASE %I ', current_user, current_database()) || assignment;
  END LOOP;
EXCEPTION WHEN insufficient_privilege THEN NULL; END $$`;

/** Lifts the time limits of the transaction that runs it. */
export const withoutLimits = "SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0";
