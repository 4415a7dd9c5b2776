import type { DeploymentReason } from '@hamon/contracts';
import { ContentError, type ContentErrorCode } from '@hamon/content';
import { InferenceError, type InferenceErrorCode } from '@hamon/inference';
import { AgentError, type AgentErrorCode } from '../agent-error.js';

const OF_CONTENT: Record<ContentErrorCode, DeploymentReason> = {
  'digest-mismatch': 'bundle-invalid',
  'length-mismatch': 'bundle-invalid',
  'too-large': 'bundle-invalid',
  'disk-full': 'disk-full',
  'unsafe-path': 'bundle-invalid',
  'unexpected-file': 'bundle-invalid',
  'missing-file': 'bundle-invalid',
  'missing-chunk': 'storage-error',
  'invalid-index': 'bundle-invalid',
  io: 'storage-error',
};

const OF_INFERENCE: Record<InferenceErrorCode, DeploymentReason> = {
  'bundle-invalid': 'bundle-invalid',
  'model-unloadable': 'model-unloadable',
  'input-mismatch': 'input-mismatch',
  'labels-mismatch': 'labels-mismatch',
  'golden-mismatch': 'golden-mismatch',
  'output-not-finite': 'output-not-finite',
  'latency-budget': 'latency-budget',
  'memory-budget': 'memory-budget',
  'worker-crashed': 'worker-crashed',
  'worker-hung': 'worker-hung',
  'image-invalid': 'bundle-invalid',
  'run-failed': 'model-unloadable',
  overloaded: 'latency-budget',
  'too-slow': 'latency-budget',
  stopped: 'worker-crashed',
  'provider-unavailable': 'model-unloadable',
};

/** Null for what a deployment's step never meets. */
const OF_AGENT: Record<AgentErrorCode, DeploymentReason | null> = {
  'config-invalid': null,
  'secret-missing': null,
  'not-enrolled': null,
  'enrolment-refused': null,
  'already-enrolled': null,
  'server-unreachable': null,
  'server-busy': null,
  unencrypted: null,
  'already-running': null,
  'not-running': null,
  'disk-full': 'disk-full',
  'storage-error': 'storage-error',
  offline: null,
  'chunk-unavailable': 'chunk-unavailable',
  'no-memory': null,
  'port-taken': null,
  'not-installable': null,
  'package-missing': null,
  'device-refused': null,
};

/** A reason that a fault can have. */
export interface FaultReason {
  readonly code: DeploymentReason;
  readonly detail: string;
}

/** The one place where a fault becomes a reported reason; undefined for a bug, which must not be reported as one. */
export function reasonOf(cause: unknown): FaultReason | undefined {
  if (cause instanceof ContentError) return reason(OF_CONTENT[cause.code], cause.message);
  if (cause instanceof InferenceError) return reason(OF_INFERENCE[cause.code], cause.message);
  if (!(cause instanceof AgentError)) return systemReason(cause);
  const code = OF_AGENT[cause.code];
  return code === null ? undefined : reason(code, cause.message);
}

/** File operations of the agent itself throw the system's own errors. */
function systemReason(cause: unknown): FaultReason | undefined {
  if (!(cause instanceof Error) || !('syscall' in cause) || !('code' in cause)) return undefined;
  return reason(cause.code === 'ENOSPC' ? 'disk-full' : 'storage-error', cause.message);
}

const reason = (code: DeploymentReason, detail: string): FaultReason => ({
  code,
  detail: detail.slice(0, 500),
});
