import type { DemoResult } from '../result.js';
import type { PartCounts } from './plant-line.js';
import type { StreamFrames } from './stream-counters.js';

/** One stream of the gateway. */
export interface StreamResult extends StreamFrames {
  readonly name: string;
  readonly model: string;
  /** Parts that the plant's broker told of, each of which had its answer. */
  readonly triggers?: number;
  /** Defects that the receiver was told of, with a signature that is right. */
  readonly webhooks?: number;
}

export interface CamerasResult extends DemoResult {
  readonly streams: readonly StreamResult[];
}

/** What there has to be of each before the demo ends. */
export const LEAST = { frames: 40, triggers: 20, webhooks: 5 };

export interface CamerasFound {
  readonly figures: Omit<CamerasResult, 'ok' | 'schema'>;
  readonly parts: PartCounts;
  readonly refusedWebhooks: readonly string[];
}

/** Everything that did not go as promised, in words; empty where nothing did. */
export function camerasShortcomings({ figures, parts, refusedWebhooks }: CamerasFound): string[] {
  const { rollouts, framesLost, streams } = figures;
  const promises: readonly (readonly [isKept: boolean, otherwise: string])[] = [
    ...rollouts.map(
      ({ version, result }) => [result === 'succeeded', `${version} was not rolled out: ${result}`] as const,
    ),
    [framesLost === 0, `${framesLost} frames were lost`],
    [streams.length === 2, `${streams.length} streams were at work, not 2`],
    ...streams.flatMap(({ name, frames, answered, triggers, webhooks }) => [
      [answered === frames, `of ${frames} frames of ${name}, ${answered} were answered`] as const,
      [(triggers ?? Infinity) >= LEAST.triggers, `${name} was triggered ${triggers} times`] as const,
      [(webhooks ?? Infinity) >= LEAST.webhooks, `${name} told of ${webhooks} defects`] as const,
      [triggers !== undefined || answered >= LEAST.frames, `${name} answered ${answered} frames`] as const,
    ]),
    [parts.answered === parts.asked, `of ${parts.asked} triggers, ${parts.answered} had an answer`],
    [
      refusedWebhooks.length === 0,
      `${refusedWebhooks.length} webhooks were refused: ${refusedWebhooks[0] ?? ''}`,
    ],
  ];
  return promises.filter(([isKept]) => !isKept).map(([, otherwise]) => otherwise);
}
