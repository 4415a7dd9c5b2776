import { ConfigReport, Sequence, Sha256 } from '@hamon/contracts';
import { z } from 'zod';

/** A configuration from the centre, as it was sent. */
export const SentConfig = z.strictObject({
  sequence: Sequence,
  config: z.record(z.string(), z.unknown()),
  trialSeconds: z.int().min(1).max(3600),
});
export type SentConfig = z.infer<typeof SentConfig>;

/** All of the configuration that must survive a power cut, `hamon.agent-configuration/1`. */
export const ConfigRecord = z.strictObject({
  schema: z.literal('hamon.agent-configuration/1'),
  /** The newest that was accepted, whatever became of it; none at or below it is tried again. */
  newest: z.strictObject({ sequence: Sequence, digest: Sha256 }).nullable(),
  /** What is gone back to: it has run with all of its settings. Null is the device's own file alone. */
  good: SentConfig.nullable(),
  /** What is in use beyond it, and has not shown yet that the agent runs with it. */
  current: SentConfig.extend({
    /** `applied`: its streams have come up; settings that need a start of the agent have not been tried. */
    state: z.enum(['trial', 'applied']),
    /** Begun trials; one that ends in an orderly way does not count. */
    attempts: z.int().min(0),
  }).nullable(),
  /** What the control plane is told of the newest. */
  told: ConfigReport.pick({ sequence: true, state: true, reason: true, at: true }).nullable(),
});
export type ConfigRecord = z.infer<typeof ConfigRecord>;

export const EMPTY_CONFIG_RECORD: ConfigRecord = {
  schema: 'hamon.agent-configuration/1',
  newest: null,
  good: null,
  current: null,
  told: null,
};
