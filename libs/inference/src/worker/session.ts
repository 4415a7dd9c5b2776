import { basename } from 'node:path';
import type { InferenceSession, Tensor } from 'onnxruntime-node';
import { findExternalTensor, ModelFileError } from '../model-file/find-external-tensor.js';
import { inputDims, inputLength, isImageInput } from '../model-interface.js';
import type { LoadRequest, TensorFacts, WorkerFault } from '../protocol/messages.js';
import type { NamedTensor } from '@hamon/tasks';
import { checkModel } from './check-model.js';
import { constantFeed } from './constants.js';
import { forRuntime, halfBits, type InputValues } from './element-type.js';
import { namedTensor } from './named-tensor.js';
import { newValues, normaliser, type Normalise } from './normalise.js';
import { openSession } from './open-session.js';
import { runtime } from './runtime.js';

export class SessionFault extends Error {
  constructor(
    readonly fault: WorkerFault,
    options?: { cause?: unknown },
  ) {
    super(fault.detail, options);
  }
}

/** One model in this process. It is never released: the process ends with it (onnxruntime-node leaks on release). */
export class Session {
  readonly inputs: readonly TensorFacts[];
  readonly outputs: readonly TensorFacts[];
  private readonly normalise: Normalise | undefined;
  // Runs are synchronous and one at a time, so one input tensor serves them all.
  private readonly values: InputValues;
  private readonly feeds: Record<string, Tensor>;

  private constructor(
    private readonly session: InferenceSession,
    private readonly request: LoadRequest,
  ) {
    this.inputs = session.inputMetadata.map(factsOf);
    this.outputs = session.outputMetadata.map(factsOf);
    const { input } = request;
    const dtype = isImageInput(input) ? input.dtype : 'float32';
    this.values = newValues(dtype, inputLength(input));
    // The types cannot follow that the array is the one of its name.
    const values = forRuntime(this.values) as Float32Array;
    this.feeds = { [input.name]: new runtime.Tensor(dtype as 'float32', values, inputDims(input)) };
    this.normalise = isImageInput(input) ? normaliser(input) : undefined;
  }

  static async load(request: LoadRequest): Promise<Session> {
    const foreign = checkFile(request.modelPath);
    if (foreign) throw new SessionFault(foreign);
    const { intraOpNumThreads: threads, executionProvider } = request;
    if (executionProvider !== undefined) requireProvider(executionProvider);
    let session: InferenceSession;
    try {
      session = await openSession(request.modelPath, { threads, executionProvider });
    } catch (cause) {
      // Where this machine keeps the file is nobody's business who pushed it.
      const detail = textOf(cause).replaceAll(request.modelPath, basename(request.modelPath));
      throw new SessionFault({ code: 'model-unloadable', detail }, { cause });
    }
    const loaded = new Session(session, request);
    const fault = checkModel(loaded, request.input, request.outputs) ?? loaded.feedConstants();
    if (fault) throw new SessionFault(fault);
    return loaded;
  }

  async runPixels(pixels: Uint8Array): Promise<readonly NamedTensor[]> {
    if (!this.normalise || pixels.length !== this.values.length) {
      throw wrongLength(pixels.length, this.values.length, 'samples');
    }
    this.normalise(pixels, this.values);
    return this.run();
  }

  async runTensor(values: Float32Array): Promise<readonly NamedTensor[]> {
    if (values.length !== this.values.length) throw wrongLength(values.length, this.values.length, 'values');
    writeValues(values, this.values);
    return this.run();
  }

  /** What is fed beside the image, the same with every run. */
  private feedConstants(): WorkerFault | undefined {
    const { input } = this.request;
    const constants = isImageInput(input) ? (input.constants ?? {}) : {};
    for (const facts of this.inputs) {
      const values = Object.hasOwn(constants, facts.name) ? constants[facts.name] : undefined;
      if (!values) continue;
      const outcome = constantFeed(facts, values);
      if ('fault' in outcome) return outcome.fault;
      this.feeds[facts.name] = outcome.feed;
    }
    return undefined;
  }

  private async run(): Promise<readonly NamedTensor[]> {
    const { outputs } = this.request;
    let result: InferenceSession.ReturnType;
    try {
      result = await this.session.run(this.feeds, outputs);
    } catch (cause) {
      throw new SessionFault({ code: 'run-failed', detail: textOf(cause) }, { cause });
    }
    return outputs.map((name) => {
      const tensor = result[name];
      if (tensor) return namedTensor(tensor);
      throw new SessionFault({ code: 'run-failed', detail: `the model gave no output "${name}"` });
    });
  }
}

/** onnxruntime leaves out a provider that it does not have, and runs the model on the CPU without a word. */
function requireProvider(name: string): void {
  const had = runtime.listSupportedBackends().map((backend) => backend.name);
  if (name === 'cpu' || had.includes(name)) return;
  const detail = `onnxruntime has no execution provider "${name}" here, only ${had.join(', ')}`;
  throw new SessionFault({ code: 'provider-unavailable', detail });
}

/** A tensor that is made elsewhere comes as float32, whatever the model takes. */
function writeValues(from: Float32Array, to: InputValues): void {
  if (to instanceof Uint8Array) {
    const broken = from.find((value) => !(Number.isInteger(value) && value >= 0 && value <= 255));
    if (broken !== undefined) {
      const detail = `a tensor holds ${broken}, the model takes whole numbers from 0 to 255`;
      throw new SessionFault({ code: 'input-mismatch', detail });
    }
  }
  if (to instanceof Uint16Array) for (let i = 0; i < from.length; i += 1) to[i] = halfBits(from[i] as number);
  else to.set(from);
}

/**
 * A bundle's model is one file. Values that lie elsewhere would come from whatever is beside it, which nobody validated:
 * so they are refused here, at the one door that every bundle's model comes through.
 */
function checkFile(path: string): WorkerFault | undefined {
  const name = basename(path);
  try {
    const external = findExternalTensor(path);
    if (!external) return undefined;
    const [tensor, location] = [JSON.stringify(external.tensor), JSON.stringify(external.location)];
    return {
      code: 'bundle-invalid',
      detail: `tensor ${tensor} of ${name} has its values in the file ${location}; a bundle's model is one file: save it with its values inside`,
    };
  } catch (cause) {
    if (cause instanceof ModelFileError)
      return { code: 'model-unloadable', detail: `${name} is no ONNX model: ${cause.message}` };
    return { code: 'model-unloadable', detail: textOf(cause).replaceAll(path, name) };
  }
}

const wrongLength = (actual: number, wanted: number, what: string): SessionFault =>
  new SessionFault({
    code: 'input-mismatch',
    detail: `a run of ${actual} ${what}, the model takes ${wanted}`,
  });

function factsOf(metadata: InferenceSession.ValueMetadata): TensorFacts {
  return metadata.isTensor
    ? { name: metadata.name, type: metadata.type, shape: [...metadata.shape] }
    : { name: metadata.name, type: 'no tensor', shape: [] };
}

export const textOf = (cause: unknown): string =>
  (cause instanceof Error ? cause.message : String(cause)).slice(0, 400);
