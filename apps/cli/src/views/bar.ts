import type { Colours } from '../output.js';

const WIDTH = 24;

/** A progress bar of fixed width. */
export function bar(colours: Colours, done: number, total: number, width = WIDTH): string {
  const share = total > 0 ? Math.min(1, Math.max(0, done / total)) : 1;
  const full = Math.round(share * width);
  return colours.cyan('█'.repeat(full)) + colours.dim('░'.repeat(width - full));
}
