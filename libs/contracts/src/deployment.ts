import { z } from 'zod';

/** One device's way to one manifest, in order; the last three are terminal on the device. */
export const DEPLOYMENT_STATES = [
  'assigned',
  'downloading',
  'staged',
  'self-tested',
  'shadowing',
  'active',
  'committed',
  'rolled-back',
  'refused',
  'superseded',
] as const;
export const DeploymentState = z.enum(DEPLOYMENT_STATES);
export type DeploymentState = z.infer<typeof DeploymentState>;

export const TERMINAL_DEPLOYMENT_STATES = [
  'committed',
  'rolled-back',
  'refused',
  'superseded',
] as const satisfies DeploymentState[];

export const isTerminal = (state: DeploymentState): boolean =>
  (TERMINAL_DEPLOYMENT_STATES as readonly DeploymentState[]).includes(state);

/** Why a device did not accept a manifest at all. The running model is untouched by each of them. */
export const MANIFEST_REJECTIONS = [
  'manifest-malformed',
  'manifest-unsigned',
  'manifest-bad-signature',
  'manifest-foreign-fleet',
  'manifest-foreign-device',
  'manifest-expired',
  'manifest-from-future',
  'manifest-older',
  'manifest-conflict',
  'manifest-abandoned',
] as const;
export const ManifestRejection = z.enum(MANIFEST_REJECTIONS);
export type ManifestRejection = z.infer<typeof ManifestRejection>;

/** Why a deployment was refused (before activation) or rolled back (after it). */
export const DEPLOYMENT_REASONS = [
  'chunk-unavailable',
  'disk-full',
  'bundle-invalid',
  'model-unloadable',
  'input-mismatch',
  'labels-mismatch',
  'golden-mismatch',
  'output-not-finite',
  'latency-budget',
  'memory-budget',
  'worker-crashed',
  'worker-hung',
  'label-collapse',
  'error-rate',
  'boot-loop',
  'storage-error',
  'sequence-exhausted',
] as const;
export const DeploymentReason = z.enum(DEPLOYMENT_REASONS);
export type DeploymentReason = z.infer<typeof DeploymentReason>;

/** A reason as it crosses a wire: the code to act on and a sentence for the person who reads it at night. */
export const Reason = z.strictObject({
  code: z.enum([...DEPLOYMENT_REASONS, ...MANIFEST_REJECTIONS]),
  detail: z.string().max(500),
});
export type Reason = z.infer<typeof Reason>;
