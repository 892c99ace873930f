-- Time of day and zone, priority, tags. The words of a task now depend on its tags as well, and a
-- generated column cannot be given another expression: it is made anew, in the one pass over the
-- table that the checks take too. The table is locked for that long.

-- What two tags are compared by: neither case nor the form of their letters counts. The contract
-- (tagKey) says it alike. Accents count: año and ano are two words.
CREATE FUNCTION "tag_key"(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT lower(normalize($1, NFKC) COLLATE "und-x-icu")
$$;

CREATE FUNCTION "are_tags"(text[]) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT array_ndims($1) = 1 AND cardinality($1) <= 20
    AND bool_and(tag IS NOT NULL AND char_length(tag) BETWEEN 1 AND 50
      AND tag !~ '^#|[,\u0009-\u000d\u0020\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff]')
  FROM unnest($1) AS tag
$$;

-- The words of a text in any script, each behind a mark of its owner.
CREATE FUNCTION "search_words_of_any_script"(mark text, words text) RETURNS text[]
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET plan_cache_mode = force_generic_plan AS $$
BEGIN
  RETURN ARRAY(
    SELECT mark || part
    FROM "search_words"(words) AS word,
      LATERAL (
        SELECT left(word, 60) AS part WHERE NOT "search_is_unspaced"(word)
        UNION ALL
        -- Six letters from each on. By a window: to cut them out of a long text one by one is quadratic.
        SELECT concat(letter, lead(letter, 1) OVER run, lead(letter, 2) OVER run,
          lead(letter, 3) OVER run, lead(letter, 4) OVER run, lead(letter, 5) OVER run)
        FROM unnest(string_to_array(word, NULL)) WITH ORDINALITY AS letters(letter, place)
        WHERE "search_is_unspaced"(word) WINDOW run AS (ORDER BY place)
      ) AS parts);
END
$$;

-- What the index holds of a task: the words of title, description and tags; each tag behind #; and
-- its priority behind !. No word begins with either sign, so one index answers for all of them.
-- Words in ASCII need no folding but that of case, and have no script without spaces: a third of
-- the time. They must come out as they would by the longer way (search.test.ts compares).
CREATE FUNCTION "search_vector"(owner text, title text, description text, tags text[], priority text)
RETURNS tsvector LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
  mark text := left(md5(owner), 8);
  words text := title || ' ' || COALESCE(description, '');
  lexemes text[];
BEGIN
  IF tags <> '{}' THEN
    words := words || ' ' || array_to_string(tags, ' ');
  END IF;
  words := lower(words COLLATE "C");
  IF octet_length(words) > char_length(words) OR words ~ '[a-z0-9]{61}' THEN
    lexemes := "search_words_of_any_script"(mark, words);
  ELSE
    lexemes := array_remove(string_to_array(
      mark || regexp_replace(words, '[^a-z0-9]+', ' ' || mark, 'g'), ' '), mark);
  END IF;
  IF tags <> '{}' THEN
    lexemes := lexemes || ARRAY(SELECT mark || '#' || "tag_key"(tag) FROM unnest(tags) AS tag);
  END IF;
  IF priority <> 'none' THEN
    lexemes := lexemes || (mark || '!' || priority);
  END IF;
  RETURN array_to_tsvector(lexemes);
END
$$;

-- What asks for a tag (sign #) or a priority (sign !), beside "search_query" for the words.
CREATE FUNCTION "search_sign"(owner text, sign text, name text) RETURNS tsquery
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT ('''' || replace(replace(left(md5(owner), 8) || sign || name, '\', '\\'), '''', '''''')
    || '''')::tsquery
$$;

-- Whether this server knows the zone. Its list is not that of the app.
CREATE FUNCTION "is_time_zone"(text) RETURNS boolean LANGUAGE plpgsql STABLE STRICT AS $$
BEGIN
  PERFORM timestamp '2000-01-01' AT TIME ZONE $1;
  RETURN true;
EXCEPTION WHEN invalid_parameter_value THEN
  RETURN false;
END
$$;

-- The moment of a wall clock in a zone. A zone that this server no longer knows counts as the other:
-- names come and go with the system's time zone data, and a list must not fail by it.
CREATE FUNCTION "moment_in"(clock timestamp, zone text, other text) RETURNS timestamptz
LANGUAGE plpgsql STABLE STRICT AS $$
BEGIN
  RETURN clock AT TIME ZONE zone;
EXCEPTION WHEN invalid_parameter_value THEN
  RETURN clock AT TIME ZONE other;
END
$$;

ALTER TABLE "tasks"
    DROP COLUMN "search",
    ADD COLUMN "due_time" TIME(0),
    ADD COLUMN "time_zone" TEXT,
    ADD COLUMN "priority" TEXT NOT NULL DEFAULT 'none',
    ADD COLUMN "tags" TEXT[] NOT NULL DEFAULT ARRAY[]::TEXT[],
    ADD COLUMN "search" tsvector GENERATED ALWAYS AS
        ("search_vector"("owner_user_id", "title", "description", "tags", "priority")) STORED,
    ADD CONSTRAINT "tasks_due_time_check" CHECK
        ("due_time" IS NULL OR ("due_date" IS NOT NULL AND extract(second FROM "due_time") = 0
            AND "due_time" < '24:00')),
    ADD CONSTRAINT "tasks_time_zone_check" CHECK
        ("time_zone" IS NULL OR ("due_time" IS NOT NULL AND char_length("time_zone") <= 64
            AND "time_zone" ~ '^(UTC|GMT|[A-Za-z_]+(/[A-Za-z0-9_+-]+)+)$')),
    ADD CONSTRAINT "tasks_priority_check" CHECK ("priority" IN ('none', 'low', 'medium', 'high')),
    ADD CONSTRAINT "tasks_tags_check" CHECK ("tags" = '{}' OR "are_tags"("tags"));

DROP FUNCTION "search_vector"(text, text, text);
DROP FUNCTION "search_vector_of_any_script"(text, text, text);
CREATE INDEX "tasks_search_idx" ON "tasks" USING gin ("search") WITH (fastupdate = off);

-- One index for the order of days instead of two: a list reads the tasks without the value as a
-- range of its own. On its day a task without a time comes after those with one, which have minutes.
DROP INDEX "tasks_due_date_asc_idx";
DROP INDEX "tasks_due_date_desc_idx";
CREATE INDEX "tasks_due_idx" ON "tasks"("owner_user_id",
    (CASE WHEN "deleted_at" IS NOT NULL THEN 2 WHEN "completed" THEN 1 ELSE 0 END),
    ("due_date" + COALESCE("due_time", '23:59:59'::time)), "id");
CREATE INDEX "tasks_priority_idx" ON "tasks"("owner_user_id",
    (CASE WHEN "deleted_at" IS NOT NULL THEN 2 WHEN "completed" THEN 1 ELSE 0 END),
    (CASE "priority" WHEN 'high' THEN 3 WHEN 'medium' THEN 2 WHEN 'low' THEN 1 END), "id");
ANALYZE "tasks";
