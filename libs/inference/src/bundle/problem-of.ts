import { DEPLOYMENT_REASONS, type DeploymentReason } from '@hamon/contracts';
import { InferenceError, type InferenceErrorCode } from '../inference-error.js';
import type { BundleProblem } from './read-bundle.js';

const isReason = (code: InferenceErrorCode): code is InferenceErrorCode & DeploymentReason =>
  (DEPLOYMENT_REASONS as readonly string[]).includes(code);

/**
 * A fault while a bundle is tried → why the bundle cannot be used. Anything that says nothing about the bundle (a stopped
 * host, an overloaded one, a bug) is thrown on.
 */
export function problemOf(cause: unknown): BundleProblem {
  if (!(cause instanceof InferenceError)) throw cause;
  const detail = cause.message.slice(0, 500);
  if (isReason(cause.code)) return { code: cause.code, detail };
  // onnxruntime loads a model whose shapes only contradict each other when it runs.
  if (cause.code === 'run-failed') return { code: 'model-unloadable', detail };
  if (cause.code === 'image-invalid') return { code: 'bundle-invalid', detail };
  throw cause;
}
