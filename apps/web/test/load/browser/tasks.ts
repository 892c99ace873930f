import type { NewTask } from "@tend/contracts";

const beginnings = ["Water the plants", "Pay the rent", "Call the bank", "Answer the letter"];
/** Words that are found one letter after the other, the first of them in the newest task. */
const found = ["zinc", "zeal", "zebu", "zebra"];

/** The word to search for: with each further letter another task stands on top. */
export const searched = "zebr";

/** The text that only the oldest task has. */
export const oldest = "no. 0 ";

/** A task by its number, and how many there are: each tab, order and filter begins with another. */
export function taskOf(number: number, count: number): NewTask {
  const fromTop = count - 1 - number;
  const beginning = beginnings[number % beginnings.length];
  const word = fromTop % 10 === 5 ? found[Math.floor(fromTop / 10) % found.length] : "water";
  return {
    title: `${beginning}, no. ${number} of this list, with ${word} for the balcony`,
    description: number % 6 === 2 ? "As we said on the phone, and before it gets cold." : null,
    completed: fromTop % 5 === 1,
    due_date: number % 3 === 1 ? dayOf(number) : null,
    priority: fromTop % 7 === 3 ? "high" : fromTop % 7 === 5 ? "low" : "none",
    tags: number % 4 === 0 ? ["home"] : [],
  };
}

const dayOf = (number: number): string =>
  new Date(Date.UTC(2026, 0, 1 + ((number * 7_919) % 700))).toISOString().slice(0, 10);
