import { basename } from 'node:path';
import { Tensor, type InferenceSession } from 'onnxruntime-node';
import { findExternalTensor, ModelFileError } from '../model-file/find-external-tensor.js';
import { inputDims, inputLength, isImageInput } from '../model-interface.js';
import type { LoadRequest, TensorFacts, WorkerFault } from '../protocol/messages.js';
import { activate, areFinite } from './activation.js';
import { checkModel } from './check-model.js';
import { normaliser, type Normalise } from './normalise.js';
import { openSession } from './open-session.js';

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
  private readonly values: Float32Array;
  private readonly feeds: Record<string, Tensor>;
  private readonly fetches: string[];

  private constructor(
    private readonly session: InferenceSession,
    private readonly request: LoadRequest,
  ) {
    this.inputs = session.inputMetadata.map(factsOf);
    this.outputs = session.outputMetadata.map(factsOf);
    const { input, output } = request;
    this.values = new Float32Array(inputLength(input));
    this.feeds = { [input.name]: new Tensor('float32', this.values, inputDims(input)) };
    this.fetches = [output.name];
    this.normalise = isImageInput(input) ? normaliser(input) : undefined;
  }

  static async load(request: LoadRequest): Promise<Session> {
    const foreign = checkFile(request.modelPath);
    if (foreign) throw new SessionFault(foreign);
    let session: InferenceSession;
    try {
      session = await openSession(request.modelPath, { threads: request.intraOpNumThreads });
    } catch (cause) {
      // Where this machine keeps the file is nobody's business who pushed it.
      const detail = textOf(cause).replaceAll(request.modelPath, basename(request.modelPath));
      throw new SessionFault({ code: 'model-unloadable', detail }, { cause });
    }
    const loaded = new Session(session, request);
    const fault = checkModel(loaded, request.input, request.output);
    if (fault) throw new SessionFault(fault);
    return loaded;
  }

  async runPixels(pixels: Uint8Array): Promise<Float32Array> {
    if (!this.normalise || pixels.length !== this.values.length) {
      throw wrongLength(pixels.length, this.values.length, 'samples');
    }
    this.normalise(pixels, this.values);
    return this.run();
  }

  async runTensor(values: Float32Array): Promise<Float32Array> {
    if (values.length !== this.values.length) throw wrongLength(values.length, this.values.length, 'values');
    this.values.set(values);
    return this.run();
  }

  private async run(): Promise<Float32Array> {
    const { name, activation, labels } = this.request.output;
    let result: InferenceSession.ReturnType;
    try {
      result = await this.session.run(this.feeds, this.fetches);
    } catch (cause) {
      throw new SessionFault({ code: 'run-failed', detail: textOf(cause) }, { cause });
    }
    const values = result[name]?.data as Float32Array;
    if (labels && values.length !== labels.length) {
      throw new SessionFault({
        code: 'labels-mismatch',
        detail: `output "${name}" gave ${values.length} values, output.labels has ${labels.length} labels`,
      });
    }
    activate(values, activation);
    if (!areFinite(values)) {
      throw new SessionFault({ code: 'output-not-finite', detail: `output "${name}" holds NaN or infinity` });
    }
    return values;
  }
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
