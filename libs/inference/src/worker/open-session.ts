import type { InferenceSession } from 'onnxruntime-node';
import { addsExactly } from './adds-exactly.js';
import { runtime } from './runtime.js';

export interface SessionSettings {
  /** Threads within a node. */
  readonly threads: number;
  /** False to run the graph node by node as it stands. */
  readonly optimize?: boolean;
  /** Where onnxruntime writes the model as it optimizes it. */
  readonly optimizedModelPath?: string | undefined;
  /** False where idle threads must not take the core that somebody else waits for. */
  readonly spin?: boolean;
  /** What it cannot run, the CPU's runs; `cpu` if left out. */
  readonly executionProvider?: string | undefined;
}

/**
 * A model as every part of Hamon runs it: on the CPU unless told otherwise, one node after another, with exact integers.
 *
 * On x64 without VNNI onnxruntime's fastest kernels add products of 8 bits in 16, which saturate, so that one int8 file
 * answers otherwise on an older PC than on a Raspberry Pi. `x64quantprecision` has it shift the weights there and take
 * kernels that do not. It does the same where there is VNNI, which gives the same answers in twice the time, so it is left
 * out there; on ARM it changes nothing. A few models it cannot shift, such as those with weights that are read by two layers:
 * they are run as they are, and their golden samples say whether that will do.
 * @see https://onnxruntime.ai/docs/performance/model-optimizations/quantization.html
 * @param model the path of a file, or its bytes
 */
export async function openSession(
  model: string | Uint8Array,
  settings: SessionSettings,
): Promise<InferenceSession> {
  const open = (exact: boolean): Promise<InferenceSession> => {
    const options = optionsFor(settings, exact);
    return typeof model === 'string'
      ? runtime.InferenceSession.create(model, options)
      : runtime.InferenceSession.create(model, options);
  };
  // A file that is written for devices must not be bent to what this CPU needs; they do that when they load it.
  if (settings.optimizedModelPath !== undefined || addsExactly()) return open(false);
  return open(true).catch(() => open(false));
}

function optionsFor(
  { threads, optimize = true, optimizedModelPath, spin = true, executionProvider = 'cpu' }: SessionSettings,
  exact: boolean,
): InferenceSession.SessionOptions {
  return {
    executionProviders: executionProvider === 'cpu' ? ['cpu'] : [executionProvider, 'cpu'],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel: optimize ? 'all' : 'disabled',
    logSeverityLevel: 3,
    ...(optimizedModelPath !== undefined && { optimizedModelFilePath: optimizedModelPath }),
    extra: {
      session: {
        ...(exact && { x64quantprecision: '1' }),
        ...(!spin && { intra_op: { allow_spinning: '0' } }),
      },
    },
  };
}
