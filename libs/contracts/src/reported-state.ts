import { z } from 'zod';
import { KeyId } from './base64url.js';
import { ConfigReport } from './config-order.js';
import { DeploymentState, Reason } from './deployment.js';
import { DEVICE_CONDITIONS, DeviceCondition } from './device-condition.js';
import { DeviceFacts } from './device-messages.js';
import { GeneralJws, Manifest } from './manifest.js';
import { DeviceId, MAX_MODELS, ModelName, Sequence, Sha256, StreamName, Timestamp } from './names.js';
import { count } from './tasks/fields.js';
import { versioned } from './versioned.js';
import { RunningVersion } from './window.js';

/** Models of which a device remembers the newest manifest, those that it has removed included. */
export const MAX_KNOWN_MODELS = 4 * MAX_MODELS;

const Slots = z.strictObject({
  current: RunningVersion.nullable(),
  previous: RunningVersion.nullable(),
  candidate: RunningVersion.nullable(),
});

/** Progress of the newest accepted manifest. */
const Deployment = z
  .strictObject({
    version: RunningVersion,
    state: DeploymentState,
    chunks: z.strictObject({ have: count, total: count }),
    reason: Reason.nullable(),
  })
  .nullable();

/**
 * A rejected manifest: digest of its compact serialization, and the sequence that its payload names, unverified; null where
 * it is no JWS at all.
 */
const Rejected = z.strictObject({ sequence: Sequence.nullable(), digest: Sha256 });

/**
 * Frames since the agent's start: accepted by the router, answered, left out by a source, and refused because they are no
 * image or do not fit the model (absent while there are none).
 */
const Frames = z.strictObject({
  accepted: count,
  answered: count,
  skipped: count,
  rejected: count.exactOptional(),
});

/** What a device says of one of its models. One that it has removed goes on with its sequence and proof alone. */
export const ModelReport = z.strictObject({
  model: ModelName,
  slots: Slots,
  deployment: Deployment,
  /** The newest rejected manifest's reason, until one is accepted; and which one it was. */
  rejection: Reason.nullable(),
  rejected: Rejected.nullable(),
  /** Highest sequence that the device holds a verified manifest of; `proof` is that manifest, null where it takes too much room. */
  highestSequence: Sequence.nullable(),
  proof: GeneralJws.nullable(),
  /** A second copy of it fits into memory, so that one version can shadow the other; absent until it is known. */
  roomForTwo: z.boolean().exactOptional(),
  /** What onnxruntime runs it on, where the device's configuration names execution providers for it and it is loaded. */
  executionProvider: z.string().max(32).exactOptional(),
});
export type ModelReport = z.infer<typeof ModelReport>;

/** One stream of a device, and which model answers it. */
export const ReportedStream = z.strictObject({
  name: StreamName,
  model: ModelName.nullable(),
  /** Of its source; absent before the agent has opened it, and from agents that do not tell. */
  state: z.enum(['opening', 'running', 'failing']).exactOptional(),
  /** Why its source fails, in a sentence. */
  detail: z.string().max(200).exactOptional(),
});

/** Pictures that the device keeps, as it last counted them: not each of them is a cause for a report. */
export const ReportedSamples = z.strictObject({
  kept: z.int().min(0),
  bytes: z.int().min(0),
  /** Neither sent nor refused. */
  unsent: z.int().min(0),
});
export type ReportedSamples = z.infer<typeof ReportedSamples>;

const ReportedV2 = z.strictObject({
  schema: z.literal('hamon.reported/2'),
  device: DeviceId,
  at: Timestamp,
  facts: DeviceFacts,
  /** By name, each once. */
  models: z
    .array(ModelReport)
    .max(MAX_KNOWN_MODELS)
    .refine(
      (models) => new Set(models.map(({ model }) => model)).size === models.length,
      'models must be distinct',
    ),
  /** Models that it runs at most: 1 for an agent of the former release, which has one topic for all manifests. */
  maxModels: z.int().min(1).max(MAX_MODELS),
  /** A manifest of a model that it does not know must be above this. */
  floor: z.int().min(0),
  /** Orders in manifests that it understands, and what else may be asked of it (`DEVICE_ABILITIES`). */
  orders: z.array(z.string().max(32)).max(16),
  /** What became of the newest configuration from the centre; absent where none ever came. */
  configuration: ConfigReport.exactOptional(),
  /** Of the newest message that names no model; and which one it was. */
  rejection: Reason.nullable(),
  rejected: Rejected.nullable().exactOptional(),
  /** Of the pinned manifest key; absent in reports of earlier agents. */
  keyId: KeyId.optional(),
  /** Over all models. */
  frames: Frames,
  streams: z.array(ReportedStream).max(64).exactOptional(),
  /** Absent where it keeps none, and from agents that do not tell. */
  samples: ReportedSamples.exactOptional(),
  /** Lasting troubles; absent where there are none. */
  conditions: z.array(DeviceCondition).max(DEVICE_CONDITIONS.length).exactOptional(),
});
export type ReportedState = z.infer<typeof ReportedV2>;

/** `hamon.reported/1`, of agents of the former release. */
const ReportedV1 = z.strictObject({
  schema: z.literal('hamon.reported/1'),
  device: DeviceId,
  at: Timestamp,
  facts: DeviceFacts,
  slots: Slots,
  roomForTwo: z.boolean().optional(),
  orders: z.array(z.string().max(32)).max(16).exactOptional(),
  deployment: Deployment,
  rejection: Reason.nullable(),
  rejected: Rejected.nullable().optional(),
  keyId: KeyId.optional(),
  highestSequence: Sequence.nullable(),
  proof: GeneralJws.nullable(),
  frames: Frames,
  conditions: z.array(DeviceCondition).max(DEVICE_CONDITIONS.length).exactOptional(),
});

function toV2({
  slots,
  deployment,
  rejection,
  rejected = null,
  highestSequence,
  proof,
  roomForTwo,
  orders = [],
  ...rest
}: z.infer<typeof ReportedV1>): ReportedState {
  const versions = [slots.current, slots.previous, slots.candidate, deployment?.version ?? null];
  const wished = modelOf(proof) ?? deployment?.version.model ?? slots.current?.model;
  const names = new Set([
    ...versions.flatMap((version) => version?.model ?? []),
    ...(wished ? [wished] : []),
  ]);
  const own = (version: RunningVersion | null, model: string) => (version?.model === model ? version : null);
  const models = [...names].map((model): ModelReport => ({
    model,
    slots: {
      current: own(slots.current, model),
      previous: own(slots.previous, model),
      candidate: own(slots.candidate, model),
    },
    deployment: deployment?.version.model === model ? deployment : null,
    ...(model === wished
      ? { rejection, rejected, highestSequence, proof }
      : { rejection: null, rejected: null, highestSequence: null, proof: null }),
    ...(roomForTwo !== undefined && { roomForTwo }),
  }));
  return {
    ...rest,
    schema: 'hamon.reported/2',
    models,
    maxModels: 1,
    floor: highestSequence ?? 0,
    orders,
    rejection: wished === undefined ? rejection : null,
    ...(wished === undefined && { rejected }),
  };
}

const Payload = Manifest.pick({ model: true }).loose();

/** Not verified: it only sorts what the device says. */
function modelOf(proof: GeneralJws | null): string | undefined {
  if (!proof) return undefined;
  try {
    const bytes = Uint8Array.from(
      atob(proof.payload.replaceAll('-', '+').replaceAll('_', '/')),
      (character) => character.charCodeAt(0),
    );
    const parsed = Payload.safeParse(JSON.parse(new TextDecoder().decode(bytes)));
    return parsed.success ? parsed.data.model : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The device's state; retained, the newest replaces the older. What an agent of the former release says
 * (`hamon.reported/1`) becomes a `hamon.reported/2` as it is read, with `maxModels` 1.
 */
export const ReportedState = versioned<ReportedState>(ReportedV2, {
  schema: 'hamon.reported/1',
  reader: ReportedV1.transform(toV2),
});
