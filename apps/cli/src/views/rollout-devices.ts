import type { LatecomersView, RolloutView } from '@hamon/contracts';
import { cell } from './table.js';
import { countOf } from './words.js';

/** `cam-1, cam-2 and 3 more` */
function namesText(devices: readonly string[], count: number): string {
  const names = devices.map((device) => cell(device)).join(', ');
  return count > devices.length ? `${names} and ${count - devices.length} more` : names;
}

/** Devices that the rollout has reached and cannot hear; empty where there are none. */
export function offlineText({ offline: { count, devices }, state }: RolloutView): string {
  if (count === 0) return '';
  const who = `${countOf(count, 'device')}: ${namesText(devices, count)}`;
  const goesOn = state === 'running' || state === 'awaiting-approval' || state === 'succeeded';
  return goesOn ? `${who}; updated once back` : who;
}

/** Who came too late, and how to bring them in; empty where nobody did. */
export function latecomersText(
  { model, version }: Pick<RolloutView, 'model' | 'version'>,
  latecomers: LatecomersView | null,
): string {
  if (latecomers === null || latecomers.count === 0) return '';
  const { count, devices, where } = latecomers;
  const selector = where === '' ? '' : ` --where '${cell(where)}'`;
  return [
    `${count === 1 ? '1 device matches' : `${count} devices match`} only since it began: ${namesText(devices.slice(0, 5), count)}. Bring ${count === 1 ? 'it' : 'them'} in with:`,
    `  hamon rollout start ${cell(`${model}@${version}`)}${selector}`,
  ].join('\n');
}
