import { z } from 'zod';
import type { DemoDevice } from './fleet.js';

const count = z.int().min(0);

/** The part of an agent's `GET /v1/status` that the demo adds up. */
const AgentStatus = z.object({
  frames: z.object({
    accepted: count,
    answered: count,
    failed: count,
    skipped: count,
    fallbacks: z.record(z.string(), count),
  }),
});

export interface FleetCounters {
  readonly inferences: number;
  readonly framesLost: number;
  readonly framesSkipped: number;
  readonly fallbacks: number;
}

/**
 * Sums over the fleet's running agents. A frame in flight while its agent is asked is accepted and not yet answered,
 * so an agent is asked until it is between two frames.
 */
export async function readCounters(devices: readonly DemoDevice[]): Promise<FleetCounters> {
  const frames = await Promise.all(devices.map(({ httpUrl }) => readSettled(httpUrl)));
  const sum = (of: (one: (typeof frames)[number]) => number) =>
    frames.reduce((total, one) => total + of(one), 0);
  return {
    inferences: sum(({ answered }) => answered),
    framesLost: sum(({ accepted, answered, failed }) => accepted - answered - failed),
    framesSkipped: sum(({ skipped }) => skipped),
    fallbacks: sum(({ fallbacks }) => Object.values(fallbacks).reduce((total, n) => total + n, 0)),
  };
}

const MAX_LOOKS = 100;

async function readSettled(httpUrl: string): Promise<z.infer<typeof AgentStatus>['frames']> {
  for (let look = 1; ; look++) {
    const answer = await fetch(new URL('/v1/status', httpUrl));
    const { frames } = AgentStatus.parse(await answer.json());
    if (frames.accepted === frames.answered + frames.failed || look === MAX_LOOKS) return frames;
  }
}
