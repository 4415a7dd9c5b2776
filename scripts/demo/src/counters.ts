import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import type { DemoDevice } from './fleet.js';

const count = z.int().min(0);

const Frames = z.object({
  accepted: count,
  answered: count,
  failed: count,
  skipped: count,
  fallbacks: z.record(z.string(), count),
});
type Frames = z.infer<typeof Frames>;

/** The part of an agent's `GET /v1/status` that the demo adds up. */
export const AgentFrames = z.object({
  frames: Frames,
  models: z.array(z.object({ model: z.string(), frames: Frames.optional() })),
});
export type AgentFrames = z.infer<typeof AgentFrames>;

export interface ModelCounters {
  readonly inferences: number;
  readonly framesLost: number;
}

export interface FleetCounters extends ModelCounters {
  readonly framesSkipped: number;
  readonly fallbacks: number;
  readonly models: Readonly<Record<string, ModelCounters>>;
}

/** Sums over the fleet's running agents, of all models and of each. */
export async function readCounters(devices: readonly DemoDevice[]): Promise<FleetCounters> {
  return addCounters(await Promise.all(devices.map(({ httpUrl }) => readSettled(httpUrl))));
}

export function addCounters(agents: readonly AgentFrames[]): FleetCounters {
  const whole = agents.map(({ frames }) => frames);
  const rows = agents.flatMap(({ models }) => models);
  const names = [...new Set(rows.map(({ model }) => model))];
  const models = names.map((name): [string, ModelCounters] => [
    name,
    countersOf(rows.flatMap(({ model, frames }) => (model === name && frames ? [frames] : []))),
  ]);
  return {
    ...countersOf(whole),
    framesSkipped: sum(whole, ({ skipped }) => skipped),
    fallbacks: sum(whole, ({ fallbacks }) => sum(Object.values(fallbacks), (n) => n)),
    models: Object.fromEntries(models),
  };
}

const countersOf = (frames: readonly Frames[]): ModelCounters => ({
  inferences: sum(frames, ({ answered }) => answered),
  framesLost: sum(frames, underWay),
});

/** Accepted and without a result so far. */
const underWay = ({ accepted, answered, failed }: Frames): number => accepted - answered - failed;

const sum = <T>(items: readonly T[], of: (item: T) => number): number =>
  items.reduce((total, item) => total + of(item), 0);

const MAX_LOOKS = 100;
const LOOK_AGAIN_MS = 5;

/**
 * A frame in flight while its agent is asked is accepted and not yet answered, so an agent is asked until it is between
 * two frames.
 */
async function readSettled(httpUrl: string): Promise<AgentFrames> {
  for (let look = 1; ; look++) {
    const answer = await fetch(new URL('/v1/status', httpUrl));
    const status = AgentFrames.parse(await answer.json());
    if (underWay(status.frames) === 0 || look === MAX_LOOKS) return status;
    await delay(LOOK_AGAIN_MS);
  }
}
