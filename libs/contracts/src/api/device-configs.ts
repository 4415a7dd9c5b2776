import { z } from 'zod';
import { CONFIG_STATES, ConfigReason, ConfigReport } from '../config-order.js';
import { DeviceId, Sequence, Sha256, Timestamp } from '../names.js';

const Document = z.record(z.string(), z.unknown());

/** Sends a configuration to all devices that `where` selects. */
export const PushDeviceConfig = z.strictObject({
  /** A selector expression; empty selects all devices of the fleet. */
  where: z.string().max(1000),
  /** Of the form `PushedConfig`; null takes back what was sent before. */
  config: Document.nullable(),
  /** What it changes must run on a device within this time, or the device goes back by itself. */
  trialSeconds: z.int().min(1).max(3600).default(120),
  /** Only where each selected device has been sent this version last; 0 for none. */
  ifVersion: z.int().min(0).exactOptional(),
});
export type PushDeviceConfig = z.infer<typeof PushDeviceConfig>;

/** How far a configuration is on a device: sent and not heard of yet, what the device says, or no longer wanted there. */
export const CONFIG_ASSIGNMENT_STATES = ['assigned', ...CONFIG_STATES, 'superseded', 'withdrawn'] as const;
export const ConfigAssignmentState = z.enum(CONFIG_ASSIGNMENT_STATES);
export type ConfigAssignmentState = z.infer<typeof ConfigAssignmentState>;

/** A device that was selected and is not sent the configuration. */
export const UnableDevice = z.object({ device: DeviceId, why: z.string() });
export type UnableDevice = z.infer<typeof UnableDevice>;

/** One configuration that was sent, in the words of whoever sent it. */
export const DeviceConfigView = z.object({
  id: z.uuid(),
  /** Counts the fleet's configurations. */
  version: z.int(),
  where: z.string(),
  /** Of `config` in canonical JSON. */
  digest: Sha256,
  config: Document.nullable(),
  trialSeconds: z.int(),
  createdAt: Timestamp,
  createdBy: z.string(),
  /** How many devices are how far; those with none are left out. */
  devices: z.partialRecord(ConfigAssignmentState, z.int()),
});
export type DeviceConfigView = z.infer<typeof DeviceConfigView>;

/** The answer to a push. */
export const PushedConfigView = DeviceConfigView.extend({
  /** Their agents know no configuration from the centre. */
  unable: z.array(UnableDevice),
});
export type PushedConfigView = z.infer<typeof PushedConfigView>;

export const ConfigDeviceView = z.object({
  device: DeviceId,
  sequence: Sequence,
  state: ConfigAssignmentState,
  reason: ConfigReason.nullable(),
  assignedAt: Timestamp,
  /** When the device last said something of it. */
  reportedAt: Timestamp.nullable(),
});
export type ConfigDeviceView = z.infer<typeof ConfigDeviceView>;

/** One setting, before and after; null for one that is not sent. */
export const ConfigChange = z.object({
  /** `limits.outboxMb`, or a stream by its name: `streams.cam-1.source`. */
  field: z.string(),
  before: z.unknown(),
  after: z.unknown(),
});
export type ConfigChange = z.infer<typeof ConfigChange>;

/** What a push would do; nothing is sent. */
export const DeviceConfigPlan = z.object({
  digest: Sha256,
  devices: z.array(
    z.object({
      device: DeviceId,
      /** Sent to it last; null for none. */
      version: z.int().nullable(),
      /** Against what was sent to it last. The device's own file is not known here. */
      changes: z.array(ConfigChange),
    }),
  ),
  unable: z.array(UnableDevice),
});
export type DeviceConfigPlan = z.infer<typeof DeviceConfigPlan>;

/** Wanted and reported of one device. */
export const DeviceConfigurationView = z.object({
  device: DeviceId,
  /** Its agent takes configurations from the centre. */
  isAble: z.boolean(),
  /** The newest one that was sent to it. */
  desired: ConfigDeviceView.omit({ device: true })
    .extend({
      id: z.uuid(),
      version: z.int(),
      digest: Sha256,
      config: Document.nullable(),
      trialSeconds: z.int(),
    })
    .nullable(),
  reported: ConfigReport.nullable(),
  /** Those before it, newest first. */
  former: z.array(ConfigDeviceView.omit({ device: true }).extend({ id: z.uuid(), version: z.int() })),
});
export type DeviceConfigurationView = z.infer<typeof DeviceConfigurationView>;
