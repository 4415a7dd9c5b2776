import type { InferenceErrorCode } from '../inference-error.js';
import type { ModelInput } from '../model-interface.js';

/** What a frame between host and worker is. Numbers stay as they are: they are the wire. */
export const FRAME = {
  /** host → worker, JSON `LoadRequest`; the first and only once. */
  load: 1,
  /** host → worker, 8-bit samples in HWC order. */
  runPixels: 2,
  /** host → worker, float32 values in the tensor's own order. */
  runTensor: 3,
  /** host → worker, empty. */
  ping: 4,
  /** worker → host, JSON `LoadedModelFacts`. */
  loaded: 17,
  /** worker → host, JSON `WorkerFault`; the worker ends. */
  loadFailed: 18,
  /** worker → host: the run's milliseconds as float64, then the outputs, see `tensors.ts`. */
  result: 19,
  /** worker → host, JSON `WorkerFault`; the worker lives on. */
  runFailed: 20,
  /** worker → host, JSON `WorkerMemory`. */
  pong: 21,
} as const;

/** Longest load request: constants of a model's inputs are in it, which a `bundle.json` of one megabyte may fill. */
export const MAX_LOAD_BYTES = 2 * 1024 * 1024;

/** Longest answer of a worker; larger outputs are refused where they are made. */
export const MAX_ANSWER_BYTES = 64 * 1024 * 1024;

export interface LoadRequest {
  readonly modelPath: string;
  readonly input: ModelInput;
  /** Names of the outputs that runs answer with. */
  readonly outputs: readonly string[];
  readonly intraOpNumThreads: number;
  /** The execution provider that is to run it, by onnxruntime's name; what it cannot run is run by the CPU's. */
  readonly executionProvider?: string | undefined;
  /** Of the whole process, taken before onnxruntime makes its threads; the parent's where it is left out. */
  readonly nice?: number | undefined;
}

export interface TensorFacts {
  readonly name: string;
  readonly type: string;
  /** A text is a dynamic dimension's name. */
  readonly shape: readonly (number | string)[];
}

export interface WorkerMemory {
  readonly rssMb: number;
  readonly peakRssMb: number;
}

/** What onnxruntime says about a model that it has loaded. */
export interface LoadedModelFacts extends WorkerMemory {
  readonly inputs: readonly TensorFacts[];
  readonly outputs: readonly TensorFacts[];
  readonly loadMs: number;
  /** The one that the session was made with. */
  readonly executionProvider: string;
  /** Why the process has another nice level than it was to have. */
  readonly niceRefused?: string | undefined;
}

export interface WorkerFault {
  readonly code: InferenceErrorCode;
  readonly detail: string;
}
