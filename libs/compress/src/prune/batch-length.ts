import type { OnnxModel } from '@hamon/onnx';
import type { SampleSource } from '../dataset/sample-source.js';
import { CompressError } from '../errors.js';
import { TensorSession } from '../runtime/tensor-session.js';

/** Float sums in another order, as kernels for other lengths do them. */
const TOLERANCE = 1e-3;

/**
 * How many samples a model may be fed at once: `wanted` where two together are answered as each alone, else 1. An open batch
 * length is only a promise, which a Reshape to a fixed length inside breaks.
 */
export async function batchLength(
  model: OnnxModel,
  source: SampleSource,
  wanted: number,
  signal?: AbortSignal,
): Promise<number> {
  if (typeof model.graph.inputs[0]?.dims?.[0] === 'number' || source.count < 2) return 1;
  const [first, second] = [await source.batch(0), await source.batch(1)];
  const session = await TensorSession.open(model, { signal });
  const run = async (length: number, data: Float32Array) => {
    const outputs = await session.run({
      [source.input]: { dims: [length, ...source.dims.slice(1)], data },
    });
    return Object.values(outputs).map((output) => output.data);
  };
  try {
    const alone = [await run(1, first), await run(1, second)];
    const together = await run(2, joined(first, second)).catch((cause: unknown) => {
      if (cause instanceof CompressError && cause.code === 'run-failed') return undefined;
      throw cause;
    });
    const agrees = together?.every((values, output) =>
      isNear(values, joined(...alone.map((outputs) => outputs[output] ?? new Float32Array()))),
    );
    return agrees === true ? wanted : 1;
  } finally {
    await session.close();
  }
}

function joined(...parts: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

function isNear(values: Float32Array, expected: Float32Array): boolean {
  if (values.length !== expected.length) return false;
  const scale = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return values.every((value, i) => Math.abs(value - (expected[i] as number)) <= TOLERANCE * scale);
}
