import { DevicePolicy, GatePolicy, Judgement, RolloutState, TaskName, Timestamp } from '@hamon/contracts';
import type { Rollout, RolloutSpec } from '@hamon/rollout';
import { z } from 'zod';
import { named, readDocument } from './stored-document.js';

const count = z.int().min(0);

const some = <T extends z.ZodType>(one: T) => z.object({ count, first: z.array(one) });

const Relabelling = z.object({
  version: z.string(),
  bundles: z.array(z.string()),
  devices: count,
  added: some(z.string()),
  gone: some(z.string()),
  moved: some(z.object({ label: z.string(), from: count, to: count })),
});

const Spec = z.object({
  model: z.string(),
  // Earlier releases knew no other task.
  task: TaskName.prefault('classification'),
  version: z.string(),
  targets: z
    .array(
      z.object({
        variant: z.string(),
        bundle: z.string(),
        choice: z.enum(['given', 'measured', 'unmeasured']),
        hardwareClasses: z.array(z.string()),
        devices: count,
      }),
    )
    .min(1),
  budgetP95Ms: z.number(),
  stages: z.array(z.int().min(1)).min(1),
  watchSeconds: z.number(),
  probationSeconds: z.number().exactOptional(),
  // Rollouts of earlier releases lack fields that were added to the gate since: they get its defaults.
  gate: GatePolicy,
  approve: z.enum(['auto', 'manual']),
  maxParallel: z.int().min(1).nullable(),
  relabellings: z.array(Relabelling).exactOptional(),
});

const Stage = z.object({
  devices: count,
  state: z.enum(['pending', 'deploying', 'watching', 'passed', 'failed']),
  startedAt: Timestamp.nullable(),
  watchingSince: Timestamp.nullable(),
  unreachableSince: Timestamp.nullable().exactOptional(),
  endedAt: Timestamp.nullable(),
  prolonged: z.boolean(),
  judgement: Judgement.nullable(),
});

const STATUS = {
  state: RolloutState,
  stage: count,
  stages: z.array(Stage).min(1),
  reason: z.string(),
  pausedBy: z.enum(['operator', 'gate']).nullable(),
  heldTold: z.boolean().exactOptional(),
  resumedAt: Timestamp.nullable().exactOptional(),
  labelsApprovedBy: z.string().nullable().exactOptional(),
  rollback: z
    .object({
      since: Timestamp,
      outcome: z.enum(['rolled-back', 'aborted']),
      announced: z.boolean().exactOptional(),
    })
    .nullable(),
  withdrawal: z
    .object({ since: Timestamp, announced: z.boolean().exactOptional() })
    .nullable()
    .exactOptional(),
  endedAt: Timestamp.nullable(),
};

const SpecDocument = z.object({ schema: named('hamon.rollout-spec/1'), spec: Spec, policy: DevicePolicy });
const StatusDocument = z.object({ schema: named('hamon.rollout-status/1'), ...STATUS });

export interface AskedFor {
  readonly spec: RolloutSpec;
  readonly policy: DevicePolicy;
}

export const writeSpec = ({ spec, policy }: AskedFor): string =>
  JSON.stringify({ schema: 'hamon.rollout-spec/1', spec, policy });

export const writeStatus = (status: Rollout['status']): string =>
  JSON.stringify({ schema: 'hamon.rollout-status/1', ...status });

/** @throws Error with rollout, field and rule, where neither this release nor an earlier one wrote the row */
export function readSpec(id: string, stored: unknown): AskedFor {
  const { spec, policy } = readDocument(`spec of rollout ${id}`, SpecDocument, stored);
  return { spec, policy };
}

/** @throws Error as `readSpec` */
export function readStatus(id: string, stored: unknown): Rollout['status'] {
  const { schema: _, ...status } = readDocument(`status of rollout ${id}`, StatusDocument, stored);
  return status;
}
