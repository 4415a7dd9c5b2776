import type { BundleDocument, RunningVersion } from '@hamon/contracts';
import type { InferenceHost } from '@hamon/inference';

/** What the data plane needs of a model's child process. */
export type ModelHost = Pick<InferenceHost, 'run' | 'rssMb'>;

/** One installed version as the router serves it. Its identity (the object) is what frames hold on to. */
export interface LoadedModel {
  readonly version: RunningVersion;
  readonly bundle: BundleDocument;
  /** `null` while the child is down (a restart, a swap without room for two): the fallback covers meanwhile. */
  readonly host: ModelHost | null;
  /** Its child was stopped on purpose, to make room for a candidate: what it cannot answer is not its fault. */
  readonly unloaded?: boolean;
}

/** One name per deployment: the same bundle under a later sequence is another one. */
export const versionKey = ({ bundle, sequence }: RunningVersion): string => `${bundle}@${sequence}`;

export const sameVersion = (a: RunningVersion | undefined, b: RunningVersion | undefined): boolean =>
  a === b || (!!a && !!b && versionKey(a) === versionKey(b));
