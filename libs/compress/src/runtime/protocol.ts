import type { TensorFacts, WorkerMemory } from '@hamon/inference';
import type { TensorType } from './tensor-value.js';

/** Frame kinds between {@link TensorSession} and its child. */
export const TENSOR_FRAME = {
  /** parent → child: {@link LoadHead}, and the model as the only blob where there is no path. */
  load: 1,
  /** parent → child: {@link RunHead} and one blob per feed. */
  run: 2,
  /** child → parent: {@link LoadedHead}. */
  loaded: 17,
  /** child → parent: {@link ResultHead} and one float32 blob per output. */
  result: 18,
  /** child → parent: {@link FaultHead}; after a failed load the child ends. */
  failed: 19,
} as const;

/** Longest frame in either direction: protobuf's own limit on a model. */
export const MAX_FRAME_BYTES = 2 ** 31 - 1;

export interface LoadHead {
  readonly modelPath?: string;
  readonly optimizedModelPath?: string;
  readonly threads: number;
  readonly optimize: boolean;
}

export interface TensorHead {
  readonly name: string;
  readonly type: TensorType;
  readonly dims: readonly number[];
}

export interface RunHead {
  readonly feeds: readonly TensorHead[];
  readonly fetches: readonly string[];
}

export interface LoadedHead {
  readonly inputs: readonly TensorFacts[];
  readonly outputs: readonly TensorFacts[];
}

export interface ResultHead {
  readonly tensors: readonly { readonly name: string; readonly dims: readonly number[] }[];
  readonly memory: WorkerMemory;
}

export interface FaultHead {
  readonly detail: string;
}
