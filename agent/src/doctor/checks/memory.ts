import { totalmem } from 'node:os';
import { availableMemory } from 'node:process';
import type { Check } from '../check.js';
import { fail, ok, warn, type Finding } from '../finding.js';

const MB = 1024 ** 2;
/** The agent itself takes up to 150 MB, a small model's process some 90. */
const SCARCE_MB = 300;
const NEXT_TO_NONE_MB = 100;
const SHOW = 'ps -eo rss,pid,args --sort=-rss | head';

export const memory: Check = {
  name: 'memory',
  run: async ({ status }) => judgeMemory(availableMemory() / MB, totalmem() / MB, status !== undefined),
};

/** @param runs what the agent takes is taken already */
export function judgeMemory(freeMb: number, totalMb: number, runs: boolean): Finding {
  const says = `${Math.round(freeMb)} of ${Math.round(totalMb)} MB are free`;
  if (freeMb < NEXT_TO_NONE_MB) return fail(`${says}: models are ended by the kernel soon`, SHOW);
  if (freeMb < SCARCE_MB && !runs) return warn(`${says}: that is little for an agent and a model`, SHOW);
  return ok(says);
}
