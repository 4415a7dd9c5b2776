import { z } from 'zod';
import { FleetId, ModelName, Timestamp, VersionName } from '../names.js';
import { GateCheck, Judgement } from './rollouts.js';

/** When a webhook is sent: a rollout came to a stop, of whichever kind. */
export const WEBHOOK_TYPES = [
  /** It waits for a person: the gate could not tell, or somebody paused it. */
  'rollout.paused',
  'rollout.awaiting-approval',
  /** A gate failed; the devices that it reached are being sent back. */
  'rollout.failed',
  'rollout.rolled-back',
  'rollout.aborted',
  'rollout.succeeded',
] as const;

/**
 * `hamon.webhook/1`: the body of a webhook, signed as Standard Webhooks says (`webhook-id`, `webhook-timestamp`,
 * `webhook-signature`). It may come more than once, under the same `webhook-id`.
 */
export const Webhook = z.object({
  schema: z.literal('hamon.webhook/1'),
  type: z.enum(WEBHOOK_TYPES),
  /** When it was decided. */
  timestamp: Timestamp,
  data: z.object({
    fleet: FleetId,
    rollout: z.object({
      id: z.uuid(),
      model: ModelName,
      version: VersionName,
      where: z.string(),
      /** The 1-based stage that was current, and how many there are. */
      stage: z.int(),
      stages: z.int(),
    }),
    reason: z.string(),
    /** What a gate saw, where one decided; the figures are behind the link. */
    evidence: z
      .object({
        verdict: Judgement.shape.verdict,
        checks: z.array(GateCheck.pick({ name: true, variant: true, verdict: true, detail: true })),
      })
      .nullable(),
    /** The rollout in the API; a path where HAMON_PUBLIC_URL is not set. */
    link: z.string(),
    command: z.string(),
  }),
});
export type Webhook = z.infer<typeof Webhook>;
