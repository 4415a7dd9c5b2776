import { printable } from '@hamon/contracts';
import { textWidth } from './text-width.js';
import type { Colours } from '../output.js';

const GAP = '  ';

/** Columns without lines: they can be read by a person, and cut by `awk`. Work and memory are linear in the rows. */
export function table(
  colours: Colours,
  head: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const lines = [head.map((title) => colours.dim(title)), ...rows.map((row) => row.map(oneLine))];
  const widths = head.map(() => 0);
  const measured = lines.map((line) => line.map((text) => ({ text, width: textWidth(text) })));
  for (const line of measured)
    line.forEach(({ width }, at) => (widths[at] = Math.max(widths[at] ?? 0, width)));
  return measured
    .map((line) =>
      line
        .map(({ text, width }, at) => text + ' '.repeat((widths[at] ?? 0) - width))
        .join(GAP)
        .trimEnd(),
    )
    .join('\n');
}

/** The last guard, whatever a view forgot: a value makes no line of its own. Colours stay. */
const oneLine = (text: string): string => text.replace(/[\r\n\t]/g, printable);

/** `name  value` lines. */
export function fields(colours: Colours, pairs: readonly (readonly [string, string])[]): string {
  const width = Math.max(...pairs.map(([name]) => name.length));
  return pairs.map(([name, value]) => `${colours.dim(name.padEnd(width))}  ${oneLine(value)}`).join('\n');
}

/** A value from elsewhere, or a dash. */
export const cell = (text: string | null | undefined): string =>
  text === null || text === undefined || text === '' ? '-' : printable(text);
