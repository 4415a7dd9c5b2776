import type { Colours } from '../output.js';
import { numberText } from './words.js';

/** One page of a list as the server answers it; a server of an earlier version does not count. */
export interface Listed<T> {
  readonly items: readonly T[];
  readonly next: string | null;
  readonly total?: number | undefined;
}

export interface ListWords<T> {
  readonly noun: readonly [string, string];
  readonly none: string;
  table(this: void, colours: Colours, items: readonly T[]): string;
  note?(this: void, items: readonly T[]): string;
}

/** A page as a table, and below it how many there are in all and how to see more. */
export function listText<T>(
  colours: Colours,
  words: ListWords<T>,
  page: Listed<T>,
  asked: { readonly isNarrowed: boolean; readonly after?: string | undefined },
): string {
  const { items } = page;
  if (items.length > 0) return `${words.table(colours, items)}\n\n${footer(words, page)}`;
  if (asked.after !== undefined) return `No more ${words.noun[1]}.`;
  return asked.isNarrowed ? `No ${words.noun[0]} matches.` : words.none;
}

function footer<T>({ noun, note }: ListWords<T>, { items, next, total }: Listed<T>): string {
  const said = note?.(items);
  const shown = items.length;
  if (total === shown || (total === undefined && next === null))
    return `${counted(shown, noun)}${said === undefined ? '' : `, ${said}`}`;
  const of = total === undefined ? counted(shown, noun) : `${numberText(shown)} of ${counted(total, noun)}`;
  return [of, said && ` (of these ${said})`, next !== null && `; next: --after ${next}`]
    .filter(Boolean)
    .join('');
}

const counted = (count: number, [one, many]: readonly [string, string]): string =>
  `${numberText(count)} ${count === 1 ? one : many}`;
