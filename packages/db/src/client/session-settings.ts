/**
 * What every session begins with. The adapter writes instants without a zone, so the zone must be
 * UTC. The server gives up before `query_timeout` does: a statement that we abandon is not to
 * happen later. A write waits for its user's counter and for its row: both together end within the
 * second, unless others of the user wait before it.
 */
const settings = { TimeZone: "UTC", statement_timeout: "2000ms", lock_timeout: "350ms" };

const assignments = Object.entries(settings).map(([name, value]) => `SET ${name} = '${value}'`);

/** Sets them for the session that runs this. */
export const setSession = assignments.join("; ");

/**
 * Makes them what each later session of this role begins with in this database: a pooler in
 * transaction mode runs our statements in sessions that it opened, where `setSession` never ran.
 */
export const setEverySession = `DO $$ DECLARE assignment text; BEGIN
  FOREACH assignment IN ARRAY ARRAY[${assignments.map((text) => `$_$${text}$_$`).join(", ")}] LOOP
    EXECUTE format('ALTER ROLE %I IN DATABASE %I ', current_user, current_database()) || assignment;
  END LOOP;
EXCEPTION WHEN insufficient_privilege THEN NULL; END $$`;

/** For the transaction that runs this: it takes what time it takes, whatever the session has. */
export const withoutLimits = "SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0";
