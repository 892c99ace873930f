-- Since when the failures of a row are counted: those of a whole account begin anew after a month,
-- so that nobody holds it for ever with one guess a day. A default of one moment rewrites nothing.
ALTER TABLE "sign_in_failures"
    ADD COLUMN "counted_since" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP;
