import { z } from 'zod';
import { KeyId } from './base64url.js';
import { DeploymentState, Reason } from './deployment.js';
import { DEVICE_CONDITIONS, DeviceCondition } from './device-condition.js';
import { GeneralJws } from './manifest.js';
import { DeviceId, Sequence, Sha256, Timestamp } from './names.js';
import { RunningVersion } from './window.js';

const count = z.int().min(0);

/** Hardware facts: they determine the hardware class. */
export const DeviceFacts = z.strictObject({
  arch: z.string().min(1).max(32),
  platform: z.string().min(1).max(32),
  cores: z.int().min(1).max(4096),
  memoryMb: z.int().min(1),
  node: z.string().max(32),
  onnxruntime: z.string().max(32),
  accelerators: z.array(z.string().max(32)).max(16),
  agent: z.string().max(32),
});
export type DeviceFacts = z.infer<typeof DeviceFacts>;

/** `hamon.reported/1`: the device's state; retained, the newest replaces the older. */
export const ReportedState = z.strictObject({
  schema: z.literal('hamon.reported/1'),
  device: DeviceId,
  at: Timestamp,
  facts: DeviceFacts,
  slots: z.strictObject({
    current: RunningVersion.nullable(),
    previous: RunningVersion.nullable(),
    candidate: RunningVersion.nullable(),
  }),
  /**
   * Two models fit into its memory together, so that one can shadow the other; absent in reports of earlier
   * agents.
   */
  roomForTwo: z.boolean().optional(),
  /** Orders in manifests that it understands; absent in reports of earlier agents, which know none. */
  orders: z.array(z.string().max(32)).max(16).exactOptional(),
  /** Progress of the newest accepted manifest. */
  deployment: z
    .strictObject({
      version: RunningVersion,
      state: DeploymentState,
      chunks: z.strictObject({ have: count, total: count }),
      reason: Reason.nullable(),
    })
    .nullable(),
  /** The newest rejected manifest's reason, until one is accepted. */
  rejection: Reason.nullable(),
  /**
   * Which manifest that was: digest of its compact serialization, and the sequence that its payload names, unverified; null
   * where it is no JWS at all. Absent in reports of earlier agents.
   */
  rejected: z.strictObject({ sequence: Sequence.nullable(), digest: Sha256 }).nullable().optional(),
  /** Of the pinned manifest key; absent in reports of earlier agents. */
  keyId: KeyId.optional(),
  /** Highest sequence that the device holds a verified manifest of; `proof` is that manifest. */
  highestSequence: Sequence.nullable(),
  proof: GeneralJws.nullable(),
  /**
   * Since the agent's start: accepted by the router, answered, left out by a source, and refused because they are no
   * image or do not fit the model (absent while there are none, and in reports of earlier agents).
   */
  frames: z.strictObject({
    accepted: count,
    answered: count,
    skipped: count,
    rejected: count.exactOptional(),
  }),
  /** Lasting troubles; absent where there are none, and in reports of earlier agents. */
  conditions: z.array(DeviceCondition).max(DEVICE_CONDITIONS.length).exactOptional(),
});
export type ReportedState = z.infer<typeof ReportedState>;

/** `hamon.presence/1`: retained, repeated every five minutes; the offline form is the connection's last will. */
export const Presence = z.strictObject({
  schema: z.literal('hamon.presence/1'),
  device: DeviceId,
  online: z.boolean(),
  /** One per connection, so that an old connection's late will does not mark a newer one offline. */
  connection: z.uuid(),
  at: Timestamp,
});
export type Presence = z.infer<typeof Presence>;

export const DEVICE_EVENTS = [
  'started',
  'activated',
  'committed',
  'rolled-back',
  'refused',
  'manifest-rejected',
  'command-rejected',
  'worker-crashed',
  'worker-hung',
  'chunk-corrupt',
  'disk-full',
  'fallback-open',
  'fallback-closed',
  'records-dropped',
  'source-unreadable',
] as const;

/**
 * `hamon.event/1`: one line in the device's history. The device sends it at least once, until the broker has it; a
 * control plane that is killed loses what it took and had not stored.
 */
export const DeviceEvent = z.strictObject({
  schema: z.literal('hamon.event/1'),
  id: z.uuid(),
  device: DeviceId,
  at: Timestamp,
  kind: z.enum(DEVICE_EVENTS),
  version: RunningVersion.nullable(),
  reason: Reason.nullable(),
  detail: z.string().max(500),
});
export type DeviceEvent = z.infer<typeof DeviceEvent>;
