import type { ClassChoiceView, VersionChoicesView } from '@hamon/contracts';
import type { Colours } from '../output.js';
import { cell, table } from './table.js';

export function choicesText(colours: Colours, { classes }: VersionChoicesView): string {
  if (classes.length === 0) return 'No device matches.';
  const rows = classes.map((choice) => [
    cell(choice.hardwareClass),
    String(choice.devices),
    choice.variant === null ? colours.red('none') : colours.bold(cell(choice.variant)),
    choice.p50Ms === null ? '-' : choice.p50Ms.toFixed(2),
    choice.accuracyDrop === null ? '-' : `${(choice.accuracyDrop * 100).toFixed(1)} %`,
    cell(whyText(choice)),
  ]);
  return table(colours, ['CLASS', 'DEVICES', 'VARIANT', 'P50 MS', 'ACCURACY LOST', 'WHY'], rows);
}

function whyText({ kind, rejected }: ClassChoiceView): string {
  const left = rejected.map(({ variant, reasons }) => `${variant}: ${reasons.join(', ')}`).join('; ');
  const why = {
    chosen: 'fastest of those that hold the constraints',
    unmeasured: 'not measured there, so the original',
    none: 'nothing holds the constraints',
  }[kind];
  return left === '' ? why : `${why} (${left})`;
}
