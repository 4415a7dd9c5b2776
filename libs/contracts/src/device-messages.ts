import { z } from 'zod';
import { Reason } from './deployment.js';
import { DeviceId, ModelName, StreamName, Timestamp } from './names.js';
import { RunningVersion } from './window.js';

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
  'unassigned',
  'config-applied',
  'config-reverted',
  'config-rejected',
  /** A model does not run as its device's configuration says: on another execution provider, or at another nice level. */
  'resource-refused',
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
  /** The model that it is about, where it names no version of one. */
  model: ModelName.exactOptional(),
  /** The stream that it is about. */
  stream: StreamName.exactOptional(),
  reason: Reason.nullable(),
  detail: z.string().max(500),
});
export type DeviceEvent = z.infer<typeof DeviceEvent>;
