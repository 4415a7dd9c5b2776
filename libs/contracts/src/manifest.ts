import { z } from 'zod';
import { base64url } from './base64url.js';
import { BundleRef } from './bundle-index.js';
import { ThresholdOverride } from './tasks/tasks.js';
import { DeviceId, FleetId, ModelName, Sequence, Timestamp, VariantName, VersionName } from './names.js';

const seconds = z
  .number()
  .min(0)
  .max(31 * 86_400);
const share = z.number().min(0).max(1);

/** What the device itself checks and measures, as the rollout asked for it. */
export const DevicePolicy = z.strictObject({
  selfTest: z.strictObject({ warmupRuns: z.int().min(0).max(1000), runs: z.int().min(50).max(10_000) }),
  /** Frames on which the candidate must run beside the current version before activation; 0 skips the shadow run. */
  shadow: z.strictObject({ minFrames: z.int().min(0).max(1_000_000) }),
  /** After activation the device may still go back by itself until both are reached. */
  probation: z.strictObject({
    seconds: seconds,
    minFrames: z.int().min(0).max(1_000_000),
    maxErrorRate: share,
    /**
     * What becomes of a version that fails where there is no previous one: `keep` (the default) goes on with it, as a bad
     * model is better than none; `stop` runs nothing, and the fallback answers.
     */
    onFirstFailure: z.enum(['keep', 'stop']).exactOptional(),
  }),
  /** How long the previous version stays loaded as shadow after activation, memory permitting. */
  shadowAfterActivationSeconds: seconds,
  telemetry: z.strictObject({ windowSeconds: z.number().min(0.5).max(3600) }),
  inference: z.strictObject({
    intraOpNumThreads: z.int().min(1).max(64),
    /** A run that takes longer counts as a hang: the child process is killed. */
    hangMs: z.int().min(100).max(120_000),
  }),
  fallback: z.strictObject({
    enabled: z.boolean(),
    /** The cloud is asked about edge answers less confident than this; 0: never for that reason. */
    minConfidence: share,
    /** The edge gets this long before the cloud is asked instead. */
    edgeDeadlineMs: z.int().min(1).max(60_000),
    /** How long an edge answer waits for the cloud. */
    cloudDeadlineMs: z.int().min(1).max(60_000),
    maxInFlight: z.int().min(1).max(64),
  }),
  /** In the place of the bundle's threshold, which is the only thing of a bundle that a rollout may set otherwise. */
  threshold: ThresholdOverride.exactOptional(),
});
export type DevicePolicy = z.infer<typeof DevicePolicy>;

export const DEFAULT_DEVICE_POLICY: DevicePolicy = {
  selfTest: { warmupRuns: 10, runs: 50 },
  shadow: { minFrames: 60 },
  probation: { seconds: 60, minFrames: 60, maxErrorRate: 0.05 },
  shadowAfterActivationSeconds: 1800,
  telemetry: { windowSeconds: 10 },
  inference: { intraOpNumThreads: 1, hangMs: 10_000 },
  // Edge only unless asked for: with it, frames leave the device.
  fallback: {
    enabled: false,
    minConfidence: 0.5,
    edgeDeadlineMs: 1000,
    cloudDeadlineMs: 300,
    maxInFlight: 2,
  },
};

/**
 * What a manifest asks for instead of running its bundle. `hold`: get ready, but do not switch to it; a later manifest of
 * the same bundle without the order lets it go on. `withdraw`: drop it where it has not been activated; what runs goes on.
 * `unassign`: remove the model altogether, also the version that runs.
 */
export const MANIFEST_ORDERS = ['hold', 'withdraw', 'unassign'] as const;
export const ManifestOrder = z.enum(MANIFEST_ORDERS);
export type ManifestOrder = z.infer<typeof ManifestOrder>;

/**
 * `hamon.manifest/1`: "device D shall run bundle B from sequence N". The payload of a JWS (RFC 7515, general JSON
 * serialization), signed by the control plane for exactly one device.
 */
export const Manifest = z.strictObject({
  schema: z.literal('hamon.manifest/1'),
  fleet: FleetId,
  device: DeviceId,
  sequence: Sequence,
  issuedAt: Timestamp,
  expiresAt: Timestamp,
  model: ModelName,
  version: VersionName,
  variant: VariantName,
  bundle: BundleRef,
  policy: DevicePolicy,
  /** Only for devices that report that they understand it: an earlier agent refuses a manifest with it. */
  order: ManifestOrder.exactOptional(),
});
export type Manifest = z.infer<typeof Manifest>;

/** A JWS in general JSON serialization (RFC 7515, 7.2.1) with exactly one signature, each part in its one spelling. */
export const GeneralJws = z.strictObject({
  payload: base64url(90_000),
  signatures: z.array(z.strictObject({ protected: base64url(1000), signature: base64url(1000) })).length(1),
});
export type GeneralJws = z.infer<typeof GeneralJws>;
