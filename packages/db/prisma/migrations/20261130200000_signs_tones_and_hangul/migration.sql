-- Words of more kinds (specs/decisions/0017-search.md): letters with + or # behind them, as C++ and C#;
-- an emoji whatever tone of skin it has; Hangul from any letter on, as other scripts whose words are
-- written together. The functions keep their names, so a version from before this one finds alike.

-- Text folded, as before, and without tones of skin.
CREATE OR REPLACE FUNCTION "search_fold"(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT normalize(translate(
    replace(replace(replace(replace(
      lower(regexp_replace(
        normalize(left(normalize(regexp_replace($1 COLLATE "und-x-icu",
          '([^\u0001-\u007f\u00a9\u00ae\u2100-\u2bff\u3030\u303d\u3200-\u33ff\U0001f000-\U0001faff[:alnum:]]{32})[^\u0001-\u007f\u00a9\u00ae\u2100-\u2bff\u3030\u303d\u3200-\u33ff\U0001f000-\U0001faff[:alnum:]]+',
          '\1', 'g'), NFKC), 12000), NFKD),
        '[\u00ad\u0300-\u036f\u0591-\u05bd\u05bf\u05c1-\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670\u200b-\u200f\u2060\ufe00-\ufe0f\ufeff\U0001f3fb-\U0001f3ff]',
        '', 'g') COLLATE "und-x-icu"),
      'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe'), 'þ', 'th'),
    'øłđðħıςيىك', 'olddhiσییک'), NFC)
$$;

-- Its words, in order. Runs of a script without spaces are words of their own, and so is an emoji; +
-- and # belong to the word that they stand behind.
CREATE OR REPLACE FUNCTION "search_words"(text) RETURNS SETOF text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT word[1] FROM regexp_matches(
    regexp_replace("search_fold"($1) COLLATE "und-x-icu",
      '([\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\U00020000-\U0003ffff]+)',
      ' \1 ', 'g'),
    '([[:alnum:]\u3005-\u3007\u0900-\u0963\u0966-\u0dff\u0e00-\u0fff\u1000-\u109f\u1780-\u17ff]+[+#]*|[\u00a9\u00ae\u2190-\u2bff\u3030\u303d\U0001f000-\U0001faff])',
    'g') AS word
$$;

CREATE OR REPLACE FUNCTION "search_is_unspaced"(text) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT $1 ~ '^[\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\U00020000-\U0003ffff]'
$$;

-- As before, with the signs behind words. By the shorter way a separator begins with neither a letter
-- nor such a sign, or at the beginning of the text; where a sign alone parts two words, as in C++17,
-- the longer way is taken.
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
  IF octet_length(words) > char_length(words) OR words ~ '[a-z0-9+#]{61}|[a-z0-9][+#]+[a-z0-9]' THEN
    lexemes := "search_words_of_any_script"(mark, words);
  ELSE
    lexemes := (array_remove(string_to_array(substr(
      regexp_replace(words, '(?:^|[^a-z0-9+#])[^a-z0-9]*', ' ' || mark, 'g'), 2), ' '), mark))[1:4000];
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

-- The words of tasks that hold such letters or signs, in any form of them, are made anew; all others
-- stay. Without the trigger, which gives back the words of before where no text has changed.
-- Locked before it in the order in which requests lock them: a migration after this one needs them all
-- in the same transaction, and nobody is to wait for it in a circle.
LOCK TABLE "idempotency_keys", "task_counters" IN SHARE ROW EXCLUSIVE MODE;
ALTER TABLE "tasks" DISABLE TRIGGER "tasks_search";
UPDATE "tasks" SET "search" = "search_vector"("owner_user_id", "title", "description", "tags", "priority")
  WHERE ("title" || ' ' || COALESCE("description", '') || ' ' || array_to_string("tags", ' ')) COLLATE "und-x-icu" ~
    '[[:alnum:]][^[:alnum:][:space:]]*[+#\u207a\u208a\ufb29\ufe5f\ufe62\uff03\uff0b]|[\u1100-\u11ff\u3131-\u318e\u3200-\u321e\u3260-\u327e\ua960-\ua97f\uac00-\ud7ff\uffa0-\uffdc\U0001f3fb-\U0001f3ff]';
ALTER TABLE "tasks" ENABLE TRIGGER "tasks_search";
