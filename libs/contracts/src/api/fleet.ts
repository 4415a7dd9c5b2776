import { z } from 'zod';
import { DeviceFacts, ReportedState } from '../device-messages.js';
import { DeviceId, DeviceLabels, FleetId, LabelKey, LabelValue, Timestamp } from '../names.js';
import { RunningVersion } from '../window.js';

export const CreateEnrolmentToken = z.strictObject({
  uses: z.int().min(1).max(100_000),
  ttlSeconds: z
    .int()
    .min(1)
    .max(365 * 86_400),
  labels: DeviceLabels.default({}),
});
export type CreateEnrolmentToken = z.infer<typeof CreateEnrolmentToken>;

/** `token` is shown once, at creation. */
export const EnrolmentTokenView = z.object({
  id: z.uuid(),
  token: z.string().optional(),
  usesLeft: z.int(),
  expiresAt: Timestamp,
  labels: DeviceLabels,
});
export type EnrolmentTokenView = z.infer<typeof EnrolmentTokenView>;

/** An Ed25519 public key as JWK (RFC 8037). */
export const PublicJwk = z.strictObject({
  kty: z.literal('OKP'),
  crv: z.literal('Ed25519'),
  x: z.string().regex(/^[A-Za-z0-9_-]{43}$/, 'must be 32 bytes in base64url'),
  kid: z.string().max(100).optional(),
  alg: z.string().max(20).optional(),
  use: z.string().max(20).optional(),
});
export type PublicJwk = z.infer<typeof PublicJwk>;

/** A device's first call. `proof` is a JWT signed by the new key: the caller owns it. */
export const Enrolment = z.strictObject({
  token: z.string().min(1).max(200),
  publicKey: PublicJwk,
  proof: z.string().min(1).max(2000),
  /** Wanted device id; without one the control plane makes one of the key's thumbprint. */
  device: DeviceId.optional(),
  facts: DeviceFacts,
});
export type Enrolment = z.infer<typeof Enrolment>;

/** All that a device needs to connect and to trust. */
export const EnrolmentView = z.object({
  schema: z.literal('hamon.enrolment/1'),
  fleet: FleetId,
  device: DeviceId,
  /** `mqtt://` or `mqtts://`; devices behind another address override it in their configuration. */
  mqttUrl: z.string(),
  /** Verifies manifests; pinned by the device. */
  manifestKey: PublicJwk,
  /** With an external broker that checks passwords of its own: the device's, shown once. */
  mqttPassword: z.string().optional(),
});
export type EnrolmentView = z.infer<typeof EnrolmentView>;

export const PatchDevice = z.strictObject({
  /** `null` removes a label. */
  labels: z.record(LabelKey, LabelValue.nullable()),
});
export type PatchDevice = z.infer<typeof PatchDevice>;

export const DeviceView = z.object({
  id: DeviceId,
  labels: DeviceLabels,
  facts: DeviceFacts,
  /** Devices of one class are taken to measure alike; follows from the facts. */
  hardwareClass: z.string(),
  online: z.boolean(),
  lastSeenAt: Timestamp.nullable(),
  enrolledAt: Timestamp,
  /** What runs there, as the device reported it. */
  current: RunningVersion.nullable(),
  /** What shall run there. */
  desired: RunningVersion.nullable(),
  deployment: ReportedState.shape.deployment,
  rejection: ReportedState.shape.rejection,
});
export type DeviceView = z.infer<typeof DeviceView>;

export const TimeView = z.object({ schema: z.literal('hamon.time/1'), now: Timestamp });
export type TimeView = z.infer<typeof TimeView>;
