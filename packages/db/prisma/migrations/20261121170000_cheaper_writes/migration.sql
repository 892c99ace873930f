-- The key begins with the id, so that it also tells a task of somebody else (403) from one that is
-- not there (404), which took an index of its own. It still is one of id and owner together.
ALTER TABLE "tasks" DROP CONSTRAINT "tasks_pkey", ADD CONSTRAINT "tasks_pkey" PRIMARY KEY ("id", "owner_user_id");
DROP INDEX "tasks_id_idx";

-- Text in ASCII needs no folding but that of case, and has no script without spaces: a third of the
-- time. It must give the same words (search.test.ts compares them): those stored are not made anew.
CREATE FUNCTION "search_vector_of_any_script"(owner text, title text, description text) RETURNS tsvector
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET plan_cache_mode = force_generic_plan AS $$
BEGIN
  RETURN array_to_tsvector(ARRAY(
    SELECT left(md5(owner), 8) || part
    FROM "search_words"(title || ' ' || COALESCE(description, '')) AS word,
      LATERAL (
        SELECT left(word, 60) AS part WHERE NOT "search_is_unspaced"(word)
        UNION ALL
        -- Six letters from each on. By a window: to cut them out of a long text one by one is quadratic.
        SELECT concat(letter, lead(letter, 1) OVER run, lead(letter, 2) OVER run,
          lead(letter, 3) OVER run, lead(letter, 4) OVER run, lead(letter, 5) OVER run)
        FROM unnest(string_to_array(word, NULL)) WITH ORDINALITY AS letters(letter, place)
        WHERE "search_is_unspaced"(word) WINDOW run AS (ORDER BY place)
      ) AS parts));
END
$$;
CREATE OR REPLACE FUNCTION "search_vector"(owner text, title text, description text) RETURNS tsvector
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
  words text := lower((title || ' ' || COALESCE(description, '')) COLLATE "C");
  mark text := left(md5(owner), 8);
BEGIN
  IF octet_length(words) > char_length(words) OR words ~ '[a-z0-9]{61}' THEN
    RETURN "search_vector_of_any_script"(owner, title, description);
  END IF;
  RETURN array_to_tsvector(array_remove(string_to_array(
    mark || regexp_replace(words, '[^a-z0-9]+', ' ' || mark, 'g'), ' '), mark));
END
$$;
