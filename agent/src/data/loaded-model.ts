import type {
  BundleDocument,
  DevicePolicy,
  OutputSpec,
  Result,
  RunningVersion,
  ThresholdOverride,
} from '@hamon/contracts';
import { InferenceError, type InferenceHost } from '@hamon/inference';
import { taskNamed, type Decode, type Task } from '@hamon/tasks';

/** What the data plane needs of a model's child process. */
export type ModelHost = Pick<InferenceHost, 'run' | 'rssMb'>;

/** One installed version as the router serves it. Its identity (the object) is what frames hold on to. */
export interface LoadedModel {
  readonly version: RunningVersion;
  readonly bundle: BundleDocument;
  readonly task: Task;
  /** The bundle's, with the rollout's threshold. */
  readonly output: OutputSpec;
  /** What the rollout put in the place of the bundle's threshold. */
  readonly threshold?: ThresholdOverride | undefined;
  /** The child's outputs → the answer. */
  readonly decode: Decode;
  /** `null` while the child is down (a restart, a swap without room for two): the fallback covers meanwhile. */
  readonly host: ModelHost | null;
  /** Its child was stopped on purpose, to make room for a candidate: what it cannot answer is not its fault. */
  readonly unloaded?: boolean;
}

export type ServingPolicy = Pick<DevicePolicy, 'threshold'>;

/** The output as a rollout's policy has it answer, or why the policy does not fit the bundle. */
export function outputUnder(
  { task, output }: BundleDocument,
  { threshold }: ServingPolicy,
): Result<OutputSpec, string> {
  return threshold === undefined
    ? { ok: true, value: output }
    : taskNamed(task).withThreshold(output, threshold);
}

/**
 * A bundle that is ready to answer; its decoder is made once, here.
 *
 * @throws InferenceError `bundle-invalid` where the policy's threshold does not fit the bundle
 */
export function loadedModel<Host extends ModelHost | null>(
  bundle: BundleDocument,
  version: RunningVersion,
  policy: ServingPolicy,
  host: Host,
): LoadedModel & { readonly host: Host } {
  const output = outputUnder(bundle, policy);
  if (!output.ok) throw new InferenceError('bundle-invalid', `policy.threshold: ${output.error}`);
  const task = taskNamed(bundle.task);
  return {
    ...{ version, bundle, task, host },
    output: output.value,
    ...(policy.threshold !== undefined && { threshold: policy.threshold }),
    decode: task.decoder(output.value, bundle.input),
  };
}

/** Do the answers of two versions mean the same, so that they can be compared frame by frame? */
export function areComparable(a: LoadedModel, b: LoadedModel): boolean {
  if (a.task !== b.task) return false;
  const [labels, others] = [a.task.labels(a.output), b.task.labels(b.output)];
  return labels.length === others.length && labels.every((label, i) => label === others[i]);
}

/** One name per deployment: the same bundle under a later sequence is another one. */
export const versionKey = ({ bundle, sequence }: RunningVersion): string => `${bundle}@${sequence}`;

export const sameVersion = (a: RunningVersion | undefined, b: RunningVersion | undefined): boolean =>
  a === b || (!!a && !!b && versionKey(a) === versionKey(b));
