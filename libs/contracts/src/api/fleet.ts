import { z } from 'zod';
import { CANONICAL_RULE, isCanonicalBase64url, KeyId } from '../base64url.js';
import { DeviceFacts } from '../device-messages.js';
import { ModelReport, ReportedSamples, ReportedStream } from '../reported-state.js';
import { DeviceId, DeviceLabels, FleetId, LabelKey, LabelValue, ModelName, Timestamp } from '../names.js';
import { RunningVersion } from '../window.js';
import { RetiredView, Why } from './common.js';

export const CreateEnrolmentToken = z
  .strictObject({
    uses: z.int().min(1).max(100_000),
    ttlSeconds: z
      .int()
      .min(1)
      .max(365 * 86_400),
    labels: DeviceLabels.default({}),
    /** Gives this device's id, labels and history to the new hardware that enrols, and ends the old hardware's key. */
    replaces: DeviceId.optional(),
  })
  .refine(({ uses, replaces }) => replaces === undefined || uses === 1, {
    path: ['uses'],
    message: 'must be 1 where the token replaces a device',
  })
  .refine(({ labels, replaces }) => replaces === undefined || Object.keys(labels).length === 0, {
    path: ['labels'],
    message: 'must be empty where the token replaces a device, which keeps its own',
  });
export type CreateEnrolmentToken = z.infer<typeof CreateEnrolmentToken>;

/** A token that opens the API, never the token itself. */
export const AccessTokenView = z.object({
  id: z.uuid(),
  name: z.string(),
  createdAt: Timestamp,
  revokedAt: Timestamp.nullable(),
});
export type AccessTokenView = z.infer<typeof AccessTokenView>;

/** `token` is shown once, at creation. */
export const EnrolmentTokenView = z.object({
  id: z.uuid(),
  token: z.string().optional(),
  usesLeft: z.int(),
  expiresAt: Timestamp,
  labels: DeviceLabels,
  /** The device whose id it gives to new hardware; null for one that lets new devices in. */
  replaces: DeviceId.nullable(),
  createdAt: Timestamp,
  revokedAt: Timestamp.nullable(),
});
export type EnrolmentTokenView = z.infer<typeof EnrolmentTokenView>;

/** 32 bytes in canonical base64url: a key is named by the thumbprint of this text, so another spelling is another name. */
export const KeyBytes = z
  .string()
  .regex(/^[A-Za-z0-9_-]{43}$/, 'must be 32 bytes in base64url')
  .refine(isCanonicalBase64url, CANONICAL_RULE);

/** An Ed25519 public key as JWK (RFC 8037). */
export const PublicJwk = z.strictObject({
  kty: z.literal('OKP'),
  crv: z.literal('Ed25519'),
  x: KeyBytes,
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

/** All that a device needs to connect and to verify. */
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

/** The health of a device in one word: the worst known fact decides. */
export const DEVICE_HEALTH = [
  /** It runs a model, and nothing is known against it. */
  'ok',
  /** Nothing is wrong, and it has no model to run. */
  'idle',
  /** It does its work, and somebody should look. */
  'degraded',
  /** It does not do its work. */
  'failing',
  /** It is not connected; what it does is not known. */
  'offline',
] as const;
export const DeviceHealth = z.object({
  word: z.enum(DEVICE_HEALTH),
  /** The cause of the word, to act on; `ok` where there is none. */
  code: z.string(),
  /** A sentence for a person; empty where all is well. */
  reason: z.string(),
  since: Timestamp.nullable(),
});
export type DeviceHealth = z.infer<typeof DeviceHealth>;

/** The device is to remove this model, by a signed order. */
export const UnassignModel = z.strictObject({ model: ModelName, why: Why });
export type UnassignModel = z.infer<typeof UnassignModel>;

/** One model of a device: what it is to run, and what it says of it. */
export const DeviceModelView = z.object({
  model: ModelName,
  current: RunningVersion.nullable(),
  previous: RunningVersion.nullable(),
  candidate: RunningVersion.nullable(),
  desired: RunningVersion.nullable(),
  deployment: ModelReport.shape.deployment,
  rejection: ModelReport.shape.rejection,
  /** What onnxruntime runs it on, where the device's configuration names execution providers for it. */
  executionProvider: z.string().exactOptional(),
});
export type DeviceModelView = z.infer<typeof DeviceModelView>;

export const DeviceView = z.object({
  id: DeviceId,
  labels: DeviceLabels,
  facts: DeviceFacts,
  /** Devices of one class are taken to measure alike; follows from the facts. */
  hardwareClass: z.string(),
  online: z.boolean(),
  lastSeenAt: Timestamp.nullable(),
  enrolledAt: Timestamp,
  /** Id of the token that its hardware enrolled with; whoever holds it may enrol others too. */
  enrolmentToken: z.uuid(),
  health: DeviceHealth,
  /** Shut out for good; null while it belongs to the fleet. */
  retired: RetiredView.nullable(),
  /** Since when new hardware has this id. */
  replacedAt: Timestamp.nullable(),
  /** By name: what is desired there, and what runs there as the device reported it. */
  models: z.array(DeviceModelView),
  /** As it reported them: which model answers which, and how their sources do; none where it does not tell. */
  streams: z.array(ReportedStream).default([]),
  /** Pictures on the device, as it last reported; null where it keeps none or does not tell. */
  samples: ReportedSamples.nullable().default(null),
  /** The same of the model that was assigned first, for readers of a fleet with one model; null where there is none. */
  current: RunningVersion.nullable(),
  desired: RunningVersion.nullable(),
  deployment: ModelReport.shape.deployment,
  rejection: ModelReport.shape.rejection,
  /** Of the manifest key that the device pinned, as it reported it; null where it never did. */
  pinnedKeyId: KeyId.nullable(),
  /** Of the key that the control plane signs with: a device that pinned another takes nothing from it. */
  serverKeyId: KeyId,
});
export type DeviceView = z.infer<typeof DeviceView>;

export const TimeView = z.object({ schema: z.literal('hamon.time/1'), now: Timestamp });
export type TimeView = z.infer<typeof TimeView>;
