import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InferenceError } from './inference-error.js';
import { InferenceHost } from './host/inference-host.js';

/** `sum = x + x` for four numbers, as an ONNX file (IR version 8, operator set 17). */
const DOUBLING =
  'CAgSDWhhbW9uLXRlc3Rpbmc6TAoXCgF4CgF4EgNzdW0aBUFkZF8wIgNBZGQSBWdyYXBoWhMKAXgSDgoMCAESCAoCCAEKAggEYhUKA3N1bRIOCgwIARIICgIIAQoCCARCAhAR';
const TIME_MS = 20_000;

export interface ProbeOptions {
  /** For loading and for the answer. */
  readonly timeMs?: number;
  readonly signal?: AbortSignal;
}

/**
 * Does this machine have an execution provider? Told by what it does: a driver that is installed may still find no device.
 *
 * @param folder for a file of a hundred bytes, meanwhile
 * @returns why not; undefined where it computed what it was asked for
 */
export async function probeProvider(
  executionProvider: string,
  folder: string,
  options: ProbeOptions = {},
): Promise<string | undefined> {
  let inside: string | undefined;
  try {
    inside = await mkdtemp(join(folder, 'provider-'));
    const modelPath = join(inside, 'model.onnx');
    await writeFile(modelPath, Buffer.from(DOUBLING, 'base64'));
    return await tryOn(executionProvider, modelPath, options);
  } catch (cause) {
    const isFault = cause instanceof InferenceError || 'syscall' in (cause as Error);
    if (isFault) return (cause as Error).message.trim();
    throw cause;
  } finally {
    if (inside !== undefined) await rm(inside, { recursive: true, force: true });
  }
}

async function tryOn(
  executionProvider: string,
  modelPath: string,
  { timeMs = TIME_MS, signal }: ProbeOptions,
): Promise<string | undefined> {
  const host = await InferenceHost.start({
    ...{ modelPath, executionProvider, outputs: ['sum'], intraOpNumThreads: 1 },
    input: { name: 'x', dims: [1, 4] },
    ...{ hangMs: timeMs, loadTimeoutMs: timeMs, ...(signal && { signal }) },
  });
  try {
    const { tensors } = await host.run(Float32Array.of(1, -2, 3, 0.5));
    const values = [...(tensors.get('sum')?.data ?? [])].join(' ');
    return values === '2 -4 6 1' ? undefined : `it doubles 1 -2 3 0.5 to ${values}`;
  } finally {
    await host.stop();
  }
}
