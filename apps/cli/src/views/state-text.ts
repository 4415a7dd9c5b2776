import type { Colours } from '../output.js';

const GOOD = new Set(['succeeded', 'committed', 'passed', 'pass', 'active']);
const BAD = new Set([
  'rolled-back',
  'refused',
  'failed',
  'fail',
  'aborted',
  'aborting',
  'rolling-back',
  'error',
]);
const WAITING = new Set(['paused', 'awaiting-approval', 'inconclusive', 'cancelled']);

/** A state or verdict in the colour of what it means. */
export function stateText(colours: Colours, state: string): string {
  if (GOOD.has(state)) return colours.green(state);
  if (BAD.has(state)) return colours.red(state);
  return WAITING.has(state) ? colours.yellow(state) : state;
}
