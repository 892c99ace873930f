-- The words of a task are made where they change, and no more of them than a write can bear. The
-- table is not written anew: what is stored stays, and a version from before this one goes on.

-- Text folded, as before, with two bounds that keep its cost in proportion to its length. PostgreSQL
-- puts a run of marks in order in quadratic time, and one letter can stand for eighteen: of marks
-- without a letter between them 32 count, and of the text in its compatible form 12,000 letters.
CREATE OR REPLACE FUNCTION "search_fold"(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT normalize(translate(
    replace(replace(replace(replace(
      lower(regexp_replace(
        normalize(left(normalize(regexp_replace($1 COLLATE "und-x-icu",
          '([^\u0001-\u007f\u00a9\u00ae\u2100-\u2bff\u3030\u303d\u3200-\u33ff\U0001f000-\U0001faff[:alnum:]]{32})[^\u0001-\u007f\u00a9\u00ae\u2100-\u2bff\u3030\u303d\u3200-\u33ff\U0001f000-\U0001faff[:alnum:]]+',
          '\1', 'g'), NFKC), 12000), NFKD),
        '[\u00ad\u0300-\u036f\u0591-\u05bd\u05bf\u05c1-\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670\u200b-\u200f\u2060\ufe00-\ufe0f\ufeff]',
        '', 'g') COLLATE "und-x-icu"),
      'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe'), 'þ', 'th'),
    'øłđðħıςيىك', 'olddhiσییک'), NFC)
$$;

-- The words of a text in any script, each behind a mark of its owner: the first 4,000.
CREATE OR REPLACE FUNCTION "search_words_of_any_script"(mark text, words text) RETURNS text[]
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
        FROM unnest(string_to_array(left(word, 4005), NULL)) WITH ORDINALITY AS letters(letter, place)
        WHERE "search_is_unspaced"(word) WINDOW run AS (ORDER BY place)
      ) AS parts
    LIMIT 4000);
END
$$;

-- As before, but for the bound, and with the tags before the description, which alone can reach it.
CREATE OR REPLACE FUNCTION "search_vector"(owner text, title text, description text, tags text[], priority text)
RETURNS tsvector LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
  mark text := left(md5(owner), 8);
  words text := title;
  lexemes text[];
BEGIN
  IF tags <> '{}' THEN
    words := words || ' ' || array_to_string(tags, ' ');
  END IF;
  words := lower((words || ' ' || COALESCE(description, '')) COLLATE "C");
  IF octet_length(words) > char_length(words) OR words ~ '[a-z0-9]{61}' THEN
    lexemes := "search_words_of_any_script"(mark, words);
  ELSE
    lexemes := (array_remove(string_to_array(
      mark || regexp_replace(words, '[^a-z0-9]+', ' ' || mark, 'g'), ' '), mark))[1:4000];
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

-- A generated column is made anew by every statement that names a column it depends on, also with
-- the value that was there, and of an upsert for the row that is then not inserted. By a trigger it
-- is made where the text differs. A change of the priority takes one sign out and puts one in.
CREATE FUNCTION "keep_search"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  mark text;
BEGIN
  IF TG_OP = 'UPDATE' AND NEW."title" = OLD."title" AND NEW."tags" = OLD."tags"
    AND NEW."description" IS NOT DISTINCT FROM OLD."description"
    AND NEW."owner_user_id" = OLD."owner_user_id" THEN
    NEW."search" := OLD."search";
    IF NEW."priority" <> OLD."priority" THEN
      mark := left(md5(NEW."owner_user_id"), 8);
      NEW."search" := ts_delete(NEW."search", mark || '!' || OLD."priority");
      IF NEW."priority" <> 'none' THEN
        NEW."search" := NEW."search" || array_to_tsvector(ARRAY[mark || '!' || NEW."priority"]);
      END IF;
    END IF;
  ELSE
    NEW."search" := "search_vector"(NEW."owner_user_id", NEW."title", NEW."description", NEW."tags",
      NEW."priority");
  END IF;
  RETURN NEW;
END
$$;

ALTER TABLE "tasks" ALTER COLUMN "search" DROP EXPRESSION;
CREATE TRIGGER "tasks_search" BEFORE INSERT OR UPDATE OF "owner_user_id", "title", "description",
  "tags", "priority", "search" ON "tasks" FOR EACH ROW EXECUTE FUNCTION "keep_search"();
