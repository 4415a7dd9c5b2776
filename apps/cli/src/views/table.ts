import Table from 'cli-table3';
import { printable } from './printable.js';
import type { Colours } from '../output.js';

const NOTHING = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '  ',
};

/** Columns without lines: they can be read by a person, and cut by `awk`. */
export function table(
  colours: Colours,
  head: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const drawn = new Table({
    head: head.map((title) => colours.dim(title)),
    chars: NOTHING,
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [], compact: true },
  });
  for (const row of rows) drawn.push([...row]);
  return trimmed(drawn.toString());
}

/** `name  value` lines. */
export function fields(colours: Colours, pairs: readonly (readonly [string, string])[]): string {
  const width = Math.max(...pairs.map(([name]) => name.length));
  return pairs.map(([name, value]) => `${colours.dim(name.padEnd(width))}  ${value}`).join('\n');
}

const trimmed = (text: string): string =>
  text
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');

/** A value from elsewhere, or a dash. */
export const cell = (text: string | null | undefined): string =>
  text === null || text === undefined || text === '' ? '-' : printable(text);
