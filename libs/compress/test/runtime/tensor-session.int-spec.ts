import { describe, expect, it } from 'vitest';
import { attribute, createModel, elementTypeCode, Tensor } from '@hamon/onnx';
import { TensorSession } from '../../src/runtime/tensor-session.js';
import { runSamples } from '../../src/dataset/run-samples.js';
import { samplesOf } from '../../src/dataset/sample-source.js';

const doubler = createModel({
  inputs: { x: { dims: ['batch', 3] } },
  outputs: { y: { dims: ['batch', 3] }, largest: { dims: [1, 3], dataType: 'int64' } },
  nodes: [
    { opType: 'Mul', inputs: ['x', 'two'], outputs: ['y'] },
    { opType: 'ArgMax', inputs: ['x'], outputs: ['largest'] },
  ],
  initializers: [Tensor.ofFloats('two', [], [2])],
});

describe('a tensor session', () => {
  it('gives named outputs with their shapes, integers as plain numbers', async () => {
    const session = await TensorSession.open(doubler, { threads: 1 });
    try {
      const { y, largest } = await session.run({
        x: { dims: [2, 3], data: Float32Array.of(1, 2, 3, 6, 5, 4) },
      });
      expect(y?.dims).toEqual([2, 3]);
      expect([...(y?.data ?? [])]).toEqual([2, 4, 6, 12, 10, 8]);
      expect([...(largest?.data ?? [])]).toEqual([1, 1, 1]);
      expect(session.inputs).toEqual([{ name: 'x', type: 'float32', shape: ['batch', 3] }]);
      expect(session.memory.rssMb).toBeGreaterThan(10);
    } finally {
      await session.close();
    }
  });

  it('answers samples in order and stops when its reader leaves', async () => {
    const session = await TensorSession.open(doubler, { threads: 1 });
    const samples = Array.from({ length: 20 }, (_, i) => Float32Array.of(i, i, i));
    const seen: number[] = [];
    for await (const { outputs } of runSamples(session, samplesOf('x', [1, 3], samples), ['y'])) {
      seen.push(outputs['y']?.data[0] ?? -1);
      if (seen.length === 5) break;
    }
    expect(seen).toEqual([0, 2, 4, 6, 8]);
    await session.close();
  });

  it('gives float16 outputs as numbers', async () => {
    const model = createModel({
      inputs: { x: { dims: [2] } },
      outputs: { y: { dims: [2], dataType: 'float16' } },
      nodes: [
        {
          opType: 'Cast',
          inputs: ['x'],
          outputs: ['y'],
          attributes: { to: attribute.int(elementTypeCode('float16')) },
        },
      ],
    });
    const session = await TensorSession.open(model, { threads: 1 });
    const { y } = await session.run({ x: { dims: [2], data: Float32Array.of(0.1, -65504) } });
    expect([...(y?.data ?? [])]).toEqual([0.0999755859375, -65504]);
    await session.close();
  });

  it('adds 8-bit products exactly on every CPU, where the fastest kernels of an older PC saturate', async () => {
    const inputs = 64;
    const model = createModel({
      inputs: { x: { dims: [1, inputs] } },
      outputs: { y: { dims: [1, 4], dataType: 'int32' } },
      nodes: [
        { opType: 'DynamicQuantizeLinear', inputs: ['x'], outputs: ['levels', 'scale', 'zero'] },
        { opType: 'MatMulInteger', inputs: ['levels', 'w', 'zero', 'none'], outputs: ['y'] },
      ],
      initializers: [
        Tensor.of('w', 'int8', [inputs, 4], new Int8Array(inputs * 4).fill(127)),
        Tensor.of('none', 'int8', [], Int8Array.of(0)),
      ],
    });
    const session = await TensorSession.open(model, { threads: 1 });
    const { y } = await session.run({ x: { dims: [1, inputs], data: new Float32Array(inputs).fill(1) } });
    expect(new Set(y?.data)).toEqual(new Set([inputs * 255 * 127]));
    await session.close();
  });

  it('refuses a model that onnxruntime does not know, by the operator', async () => {
    const odd = createModel({
      inputs: { x: { dims: [1] } },
      outputs: { y: { dims: [1] } },
      nodes: [{ opType: 'Frobnicate', domain: 'org.example', inputs: ['x'], outputs: ['y'] }],
      domains: { 'org.example': 1 },
    });
    await expect(TensorSession.open(odd)).rejects.toMatchObject({
      code: 'model-unloadable',
      message: expect.stringContaining('Frobnicate'),
    });
  });

  it('reports a run that onnxruntime refuses and goes on', async () => {
    const session = await TensorSession.open(doubler, { threads: 1 });
    await expect(session.run({ x: { dims: [1, 4], data: new Float32Array(4) } })).rejects.toMatchObject({
      code: 'run-failed',
    });
    const { y } = await session.run({ x: { dims: [1, 3], data: Float32Array.of(1, 1, 1) } }, ['y']);
    expect(y?.data[2]).toBe(2);
    await session.close();
  });

  it('ends what is under way when its owner cancels', async () => {
    const stop = new AbortController();
    const session = await TensorSession.open(doubler, { threads: 1, signal: stop.signal });
    const run = session.run({ x: { dims: [1, 3], data: new Float32Array(3) } });
    stop.abort();
    await expect(run).rejects.toMatchObject({ code: 'cancelled' });
    await expect(session.run({})).rejects.toMatchObject({ code: 'cancelled' });
    await session.close();
  });
});
