import type { RolloutTargetView } from '@hamon/contracts';
import { cell } from './table.js';
import { countOf } from './words.js';

const MOST_CLASSES = 4;

/** `int8-static on 12 devices (arm64-4c-4g-ort1.30-asimddp), fp32 on 3 devices (unmeasured)` */
export const targetsText = (targets: readonly RolloutTargetView[]): string =>
  targets
    .map((target) => `${cell(target.variant)} on ${countOf(target.devices, 'device')}${whyText(target)}`)
    .join(', ');

function whyText({ choice, hardwareClasses }: RolloutTargetView): string {
  if (choice === 'given') return '';
  if (choice === 'unmeasured') return ' (unmeasured)';
  const left = hardwareClasses.length - MOST_CLASSES;
  const names = hardwareClasses.slice(0, MOST_CLASSES).map(cell);
  return ` (${[...names, ...(left > 0 ? [`${left} more`] : [])].join(', ')})`;
}
