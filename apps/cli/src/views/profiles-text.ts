import type { UnfitVariantView, VariantProfileView } from '@hamon/contracts';
import type { Colours } from '../output.js';
import { FIGURE_HEADS, figureCells } from './figures-text.js';
import { cell, table } from './table.js';
import { ago } from './words.js';

/** Where a variant is of no use, and who found out. */
export const unfitText = ({ variant, hardwareClass, device, measuredAt, reason }: UnfitVariantView): string =>
  `${cell(variant)} is unfit on ${cell(hardwareClass)}: ${cell(reason.code)}: ${cell(reason.detail)} (${cell(device)}, ${ago(measuredAt)})`;

/** What was measured of a version's variants on each hardware class. */
export function profilesText(colours: Colours, profiles: readonly VariantProfileView[]): string {
  if (profiles.length === 0) {
    return colours.dim('Not measured on any device yet: hamon device benchmark ID NAME@VERSION');
  }
  const rows = profiles.map(({ variant, hardwareClass, source, device, measuredAt, figures }) => [
    cell(hardwareClass),
    cell(variant),
    ...figureCells(figures),
    `${cell(device ?? source)}, ${ago(measuredAt)}`,
  ]);
  return table(colours, ['HARDWARE CLASS', 'VARIANT', ...FIGURE_HEADS, 'MEASURED BY'], rows);
}
