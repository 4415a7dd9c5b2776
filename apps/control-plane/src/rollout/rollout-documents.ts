import {
  describeProblems,
  DevicePolicy,
  fieldProblems,
  GatePolicy,
  Judgement,
  RolloutState,
  Timestamp,
} from '@hamon/contracts';
import type { Rollout, RolloutSpec, StageEvidence } from '@hamon/rollout';
import { z } from 'zod';

/**
 * What a rollout's row keeps as JSON, each document under its own schema. Documents of earlier releases have no `schema`
 * and count as the first version. A change that a reader of the first version would not understand gets a new schema, and
 * a step that converts the former one.
 */

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

// Sums of many windows: the limits of a single window's message do not apply.
const Sketch = z.object({
  count,
  sum: z.number(),
  min: z.number(),
  max: z.number(),
  bins: z.array(z.tuple([z.int(), count])),
});
const Table = z.object({ labels: z.array(z.string()), cells: z.array(z.tuple([count, count, count])) });
const Side = z.object({
  frames: count,
  failures: count,
  answering: Sketch,
  shadowing: Sketch,
  arrivals: z.object({ frames: count, undecodable: count, mismatched: count }).exactOptional(),
});

const EVIDENCE = {
  stage: count,
  groups: z.array(
    z.object({
      variant: z.string(),
      hardwareClass: z.string(),
      windows: count,
      candidate: Side,
      control: Side,
      freshFrames: count,
      freshFailures: count,
      paired: Table,
      freshPaired: Table,
      unpairedFrames: count,
    }),
  ),
  leftOut: z.array(z.object({ device: z.string(), why: z.string() })).exactOptional(),
};

const named = <S extends string>(schema: S) => z.literal(schema).prefault(schema);

const SpecDocument = z.object({ schema: named('hamon.rollout-spec/1'), spec: Spec, policy: DevicePolicy });
const StatusDocument = z.object({ schema: named('hamon.rollout-status/1'), ...STATUS });
const EvidenceDocument = z.object({ schema: named('hamon.rollout-evidence/1'), ...EVIDENCE });

export interface AskedFor {
  readonly spec: RolloutSpec;
  readonly policy: DevicePolicy;
}

export const writeSpec = ({ spec, policy }: AskedFor): string =>
  JSON.stringify({ schema: 'hamon.rollout-spec/1', spec, policy });

export const writeStatus = (status: Rollout['status']): string =>
  JSON.stringify({ schema: 'hamon.rollout-status/1', ...status });

export const writeEvidence = (evidence: StageEvidence): string =>
  JSON.stringify({ schema: 'hamon.rollout-evidence/1', ...evidence });

/** @throws Error with rollout, field and rule, where neither this release nor an earlier one wrote the row */
export function readSpec(id: string, stored: unknown): AskedFor {
  const { spec, policy } = read(`spec of rollout ${id}`, SpecDocument, stored);
  return { spec, policy };
}

/** @throws Error as `readSpec` */
export function readStatus(id: string, stored: unknown): Rollout['status'] {
  const { schema: _, ...status } = read(`status of rollout ${id}`, StatusDocument, stored);
  return status;
}

/** @throws Error as `readSpec` */
export function readEvidence(id: string, stored: unknown): StageEvidence {
  const { schema: _, ...evidence } = read(`evidence of rollout ${id}`, EvidenceDocument, stored);
  return evidence;
}

function read<T>(what: string, schema: z.ZodType<T>, stored: unknown): T {
  const parsed = schema.safeParse(stored);
  if (parsed.success) return parsed.data;
  throw new Error(`the stored ${what} cannot be read: ${describeProblems(fieldProblems(parsed.error))}`);
}
