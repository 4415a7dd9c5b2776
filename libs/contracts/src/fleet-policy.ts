import { z } from 'zod';
import { Timestamp } from './names.js';

const MIB = 1024 ** 2;
const GIB = 1024 ** 3;

/** What may become of the pictures that devices keep. */
export const FleetSampleRules = z.strictObject({
  /** Whether they leave the devices at all. */
  upload: z.boolean().default(false),
  /** Days after which the control plane deletes what it was sent, labelled or not. */
  retentionDays: z.int().min(1).max(3650).default(30),
  /** Of pictures and what is said about them (`sampleCharge`), from midnight to midnight UTC. */
  maxBytesPerDeviceDay: z
    .int()
    .min(0)
    .max(1024 * GIB)
    .default(50 * MIB),
  /** Of all samples of the fleet together that the control plane keeps, likewise. */
  maxBytes: z
    .int()
    .min(0)
    .max(1024 * 1024 * GIB)
    .default(10 * GIB),
});
export type FleetSampleRules = z.infer<typeof FleetSampleRules>;

/**
 * `hamon.fleet-policy/1`: what a fleet allows. A document that was read may be sent back changed: `version` is then the one that
 * it was made of, and a policy that somebody else has changed meanwhile is not overwritten.
 */
export const FleetPolicyDocument = z.strictObject({
  schema: z.literal('hamon.fleet-policy/1'),
  version: z.int().min(0).exactOptional(),
  changedAt: Timestamp.nullable().exactOptional(),
  changedBy: z.string().max(200).nullable().exactOptional(),
  samples: FleetSampleRules,
});
export type FleetPolicyDocument = z.infer<typeof FleetPolicyDocument>;

/** The policy of a fleet, or a former one. Version 0 is what holds where nobody has said anything. */
export const FleetPolicyView = z.object({
  version: z.int(),
  changedAt: Timestamp.nullable(),
  changedBy: z.string().nullable(),
  samples: FleetSampleRules,
});
export type FleetPolicyView = z.infer<typeof FleetPolicyView>;

export const DEFAULT_SAMPLE_RULES: FleetSampleRules = FleetSampleRules.parse({});
