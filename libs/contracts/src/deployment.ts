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

/**
 * What a device's deployment may become next. A device that finds the bytes of the version that answers damaged installs
 * that version once more, and begins its deployment anew (`assigned`) whatever had become of it: it may be active or
 * committed, have been given up and kept for want of another, or have been wanted again when the device went back to it.
 */
export const DEPLOYMENT_TRANSITIONS = {
  assigned: ['downloading', 'staged', 'refused', 'superseded'],
  downloading: ['staged', 'refused', 'superseded', 'assigned'],
  staged: ['self-tested', 'active', 'refused', 'superseded', 'assigned'],
  'self-tested': ['shadowing', 'active', 'refused', 'superseded', 'assigned'],
  shadowing: ['active', 'refused', 'superseded', 'assigned'],
  active: ['committed', 'rolled-back', 'assigned'],
  committed: ['rolled-back', 'assigned'],
  'rolled-back': ['assigned'],
  refused: ['assigned'],
  superseded: ['assigned'],
} as const satisfies Record<DeploymentState, readonly DeploymentState[]>;

export const isTransition = (from: DeploymentState, to: DeploymentState): boolean =>
  (DEPLOYMENT_TRANSITIONS[from] as readonly DeploymentState[]).includes(to);

/** The device will not run the deployment's version: it refused it or rolled it back. */
export const GIVEN_UP_STATES = ['rolled-back', 'refused'] as const satisfies DeploymentState[];

export const isGivenUp = (state: DeploymentState): boolean =>
  (GIVEN_UP_STATES as readonly DeploymentState[]).includes(state);

/**
 * Does `told` advance a deployment that was last known as `known`? Reports are lost, repeated and late: states in between may
 * never arrive, and nothing is taken back, not by a deployment that begins anew either. After its commitment a version can
 * only be given up.
 */
export function isProgress(known: DeploymentState, told: DeploymentState): boolean {
  if (known === 'committed') return isGivenUp(told);
  return !isTerminal(known) && rank(told) > rank(known);
}

const rank = (state: DeploymentState): number => DEPLOYMENT_STATES.indexOf(state);

/** Why a device did not accept a manifest at all. The running model is untouched by each of them. */
export const MANIFEST_REJECTIONS = [
  'manifest-malformed',
  'manifest-unsigned',
  'manifest-bad-signature',
  'manifest-foreign-fleet',
  'manifest-foreign-device',
  /** Of another model than the topic names. */
  'manifest-foreign-model',
  /** The device runs as many models as it may. */
  'manifest-too-many-models',
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
  'answer-collapse',
  'error-rate',
  'boot-loop',
  'storage-error',
  'sequence-exhausted',
] as const;
export const DeploymentReason = z.enum(DEPLOYMENT_REASONS);
export type DeploymentReason = z.infer<typeof DeploymentReason>;

/** A reason as it crosses a wire: the code to act on and a sentence for the operator. */
export const Reason = z.strictObject({
  code: z.enum([...DEPLOYMENT_REASONS, ...MANIFEST_REJECTIONS]),
  detail: z.string().max(500),
});
export type Reason = z.infer<typeof Reason>;
