/**
 * Where words that can mean a day or a time do mean it, from the strictest on: beside another that
 * does ("20th"), at the end of what is said ("sat"), before a new clause too ("Friday with Ann"),
 * after a preposition ("at 9am"), anywhere.
 */
export type Place = "beside" | "end" | "clause" | "led" | "anywhere";

export type PartOfDay = "morning" | "afternoon" | "evening" | "night";

/** A time of a clock. Whether a bare one is before or after noon is not said by itself. */
export type Clock = { readonly minute: number; readonly bare: boolean };

type Read = {
  /** How many words it has. */
  readonly length: number;
  readonly place: Place;
};

/** A day; `part` where the words name a part of it as well: "tonight". */
export type DayPiece = Read & {
  readonly kind: "day";
  readonly value: string;
  readonly part?: PartOfDay;
  /** Whether a bare number behind it is an hour: "tmrw 10". */
  readonly takesHour?: boolean;
  /** Of a name of a weekday: which, 0 is Monday. */
  readonly weekday?: number;
  /** Of the end of something: of what. */
  readonly endOf?: "day" | "more";
};

export type ClockPiece = Read & {
  readonly kind: "clock";
  readonly clock: Clock | "midnight";
  /** Whether it means a time beside a day or after a preposition alone: "3p". */
  readonly weak?: boolean;
};

/** A day and a time in one: "in an hour". */
export type MomentPiece = Read & {
  readonly kind: "moment";
  readonly value: string;
  readonly minute: number;
};

export type PartPiece = Read & { readonly kind: "part"; readonly part: PartOfDay };

/**
 * What looks like a day or a time and is not surely one: nothing beside it is read either. A soft
 * one spares days, since it may be no day at all ("24.11"), but no time: its day would be missing.
 */
export type UnclearPiece = Read & {
  readonly kind: "unclear";
  readonly of: "day" | "time";
  readonly soft: boolean;
};

export type Piece = DayPiece | ClockPiece | MomentPiece | PartPiece | UnclearPiece;

/** What can be said of a day. */
export type Span = DayPiece | MomentPiece | UnclearPiece | undefined;

/** The clock of the person: the day, and the minutes since it began. */
export type Now = { readonly day: string; readonly minute: number };

export const unclear = (length: number, soft = false): UnclearPiece => ({
  kind: "unclear",
  of: "day",
  length,
  place: "end",
  soft,
});

export const unclearTime = (length: number): UnclearPiece => ({ ...unclear(length), of: "time" });

export const dayPiece = (
  value: string | undefined,
  length: number,
  place: Place,
  more: Pick<DayPiece, "part" | "takesHour" | "weekday" | "endOf"> = {},
): DayPiece | UnclearPiece =>
  value === undefined ? unclear(length) : { kind: "day", value, length, place, ...more };

const parts: ReadonlyMap<string, PartOfDay> = new Map([
  ["morning", "morning"],
  ["afternoon", "afternoon"],
  ["evening", "evening"],
  ["night", "night"],
]);

export const partOf = (folded: string): PartOfDay | undefined => parts.get(folded);

export const numbered = (names: string, first = 0): Map<string, number> =>
  new Map(names.split(" ").map((name, index) => [name, index + first]));

const smallNumbers = numbered("one two three four five six seven eight nine ten eleven twelve", 1);
const numbers: ReadonlyMap<string, number> = new Map([
  ...smallNumbers,
  ["fifteen", 15],
  ["twenty", 20],
  ["twenty-five", 25],
  ["thirty", 30],
  ["forty", 40],
  ["forty-five", 45],
  ["sixty", 60],
  ["ninety", 90],
]);

/** Of up to three digits, or in words. */
export const numberOf = (folded: string): number | undefined =>
  /^\d{1,3}$/.test(folded) ? Number(folded) : numbers.get(folded);

/** An hour in words, or of one or two digits. */
export const hourWord = (folded: string): number | undefined =>
  smallNumbers.get(folded) ?? (/^(?:[1-9]|1[0-2])$/.test(folded) ? Number(folded) : undefined);
