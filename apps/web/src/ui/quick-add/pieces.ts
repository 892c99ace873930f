/**
 * The places in which words count as a day or a time, from the strictest on: beside another such
 * piece ("20th"), at the end of a phrase ("sat"), before a new clause too ("Friday with Ann"),
 * after a preposition ("at 9am"), anywhere.
 */
export type Place = "beside" | "end" | "clause" | "led" | "anywhere";

export type PartOfDay = "morning" | "afternoon" | "evening" | "night";

/** A clock time. A bare one does not say whether it is before or after noon. */
export type Clock = { readonly minute: number; readonly bare: boolean };

type Read = {
  /** The number of its words. */
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
  /** The weekday, where the words name one; 0 is Monday. */
  readonly weekday?: number;
  /** The span of which the day is the end, where the words say "end of". */
  readonly endOf?: "day" | "more";
};

export type ClockPiece = Read & {
  readonly kind: "clock";
  readonly clock: Clock | "midnight";
  /** Whether only a day beside it or a preposition before it makes it a time: "3p". */
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
 * Words that may be a day or a time: nothing beside them is read either. A soft piece spares days
 * beside it, since it may be no day at all ("24.11"), but no time, which would lack its day.
 */
export type UnclearPiece = Read & {
  readonly kind: "unclear";
  readonly of: "day" | "time";
  readonly soft: boolean;
};

export type Piece = DayPiece | ClockPiece | MomentPiece | PartPiece | UnclearPiece;

/** The pieces that reading a day can give. */
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

/** A number of up to three digits, or in words. */
export const numberOf = (folded: string): number | undefined =>
  /^\d{1,3}$/.test(folded) ? Number(folded) : numbers.get(folded);

/** An hour in words, or of one or two digits. */
export const hourWord = (folded: string): number | undefined =>
  smallNumbers.get(folded) ?? (/^(?:[1-9]|1[0-2])$/.test(folded) ? Number(folded) : undefined);
