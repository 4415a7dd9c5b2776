import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { bundleDocument, onnxFile, temporaryFolder } from '@hamon/testing';
import { InferenceHost } from '../src/index.js';
import { scoresOf, startHost } from './support.js';

const frame = (value: number): Uint8Array => new Uint8Array(64).fill(value);

describe('InferenceHost', () => {
  it('answers pixels and tensors alike, normalised in the child', async () => {
    const input = bundleDocument().input;
    const host = await startHost({}, { input: { ...input, scale: 2, mean: [10], std: [5] } });
    const normalised = (100 * 2 - 10) / 5;
    const fromPixels = await host.run(frame(100));
    const fromTensor = await host.run(new Float32Array(64).fill(normalised));
    expect(scoresOf(fromPixels)).toEqual([normalised, 2 * normalised, 3 * normalised]);
    expect(scoresOf(fromTensor)).toEqual(scoresOf(fromPixels));
    expect(fromPixels.runMs).toBeGreaterThan(0);
  });

  it.each(['NCHW', 'NHWC'] as const)('keeps the channels of %s apart', async (layout) => {
    const weights = Float32Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1);
    const input = { ...bundleDocument().input, layout, channels: 3 as const };
    const host = await startHost(
      { layout, channels: 3, weights },
      { input: { ...input, scale: 1, mean: [0, 1, 2], std: [1, 2, 4] } },
    );
    const pixels = Uint8Array.from({ length: 192 }, (_, i) => [10, 21, 42][i % 3] ?? 0);
    expect(scoresOf(await host.run(pixels))).toEqual([10, 10, 10]);
  });

  it('takes plain tensors for models that are no image classifiers', async () => {
    const host = await startHost({}, { input: { name: 'image', dims: [1, 1, 8, 8] }, outputs: ['scores'] });
    expect(scoresOf(await host.run(new Float32Array(64).fill(1)))).toHaveLength(3);
    await expect(host.run(frame(1))).rejects.toMatchObject({ code: 'input-mismatch' });
  });

  it('reads tensors from unaligned memory', async () => {
    const host = await startHost();
    const values = new Float32Array(64).fill(7);
    const shifted = Buffer.alloc(257);
    Buffer.from(values.buffer).copy(shifted, 1);
    await expect(host.run(shifted)).rejects.toMatchObject({ code: 'input-mismatch' });
    const half = new Float32Array(128).fill(7).subarray(64);
    expect(scoresOf(await host.run(half))).toEqual([7, 14, 21]);
  });

  it('says what the model is', async () => {
    const { model } = await startHost();
    expect(model.inputs).toEqual([{ name: 'image', type: 'float32', shape: ['batch', 1, 8, 8] }]);
    expect(model.outputs).toEqual([{ name: 'scores', type: 'float32', shape: ['batch', 3] }]);
    expect(model.rssMb).toBeGreaterThan(10);
  });

  it('keeps answers in order under load and refuses what it cannot queue', async () => {
    const host = await startHost({}, { maxWaiting: 3 });
    const outcomes = await Promise.allSettled(Array.from({ length: 10 }, (_, i) => host.run(frame(i))));
    const values = outcomes.map((outcome) =>
      outcome.status === 'fulfilled' ? scoresOf(outcome.value)[0] : (outcome.reason as { code: string }).code,
    );
    expect(values).toEqual([0, 1, 2, 3, ...Array.from({ length: 6 }, () => 'overloaded')]);
    expect(host.pendingRuns).toBe(0);
    expect(scoresOf(await host.run(frame(9)))[0]).toBe(9);
  });

  it('ends a run at its own deadline, waiting or in the child, and lives on', async () => {
    const host = await startHost({ delayRounds: 300_000 });
    const inChild = host.run(frame(1), { deadlineMs: 20 });
    const waiting = host.run(frame(2), { deadlineMs: 20 });
    const patient = host.run(frame(3));
    await expect(inChild).rejects.toMatchObject({ code: 'too-slow' });
    await expect(waiting).rejects.toMatchObject({ code: 'too-slow' });
    expect(scoresOf(await patient)[0]).toBe(3);
  });

  it('refuses frames of another length without asking the child', async () => {
    const host = await startHost();
    for (const data of [new Uint8Array(63), new Uint8Array(0), new Float32Array(65)]) {
      await expect(host.run(data)).rejects.toMatchObject({
        code: 'input-mismatch',
        message: expect.stringContaining('the model takes 64'),
      });
    }
  });

  it('hands out several outputs by name, of whatever type, each aligned', async () => {
    const bytes = onnxFile({
      nodes: [
        { op: 'Cast', inputs: ['image'], outputs: ['whole'], attributes: { to: { int: 7 } } },
        { op: 'Cast', inputs: ['image'], outputs: ['truth'], attributes: { to: { int: 9 } } },
        { op: 'Cast', inputs: ['image'], outputs: ['half'], attributes: { to: { int: 10 } } },
        { op: 'Identity', inputs: ['image'], outputs: ['same'] },
      ],
      initializers: [],
      inputs: [{ name: 'image', shape: [1, 3] }],
      outputs: [
        { name: 'truth', type: 'bool', shape: [1, 3] },
        { name: 'whole', type: 'int64', shape: [1, 3] },
        { name: 'half', type: 'float16', shape: [1, 3] },
        { name: 'same', shape: [1, 3] },
      ],
    });
    const modelPath = join(await temporaryFolder(), 'model.onnx');
    await writeFile(modelPath, bytes);
    const host = await startHost(modelPath, {
      input: { name: 'image', dims: [1, 3] },
      outputs: ['same', 'truth', 'half', 'whole'],
    });
    const { tensors } = await host.run(Float32Array.of(-2.5, 0, 70_000));
    const shown = [...tensors].map(([name, { dims, data }]) => [
      name,
      dims,
      data.constructor.name,
      [...data],
    ]);
    expect(shown).toEqual([
      ['same', [1, 3], 'Float32Array', [-2.5, 0, 70_000]],
      ['truth', [1, 3], 'Uint8Array', [1, 0, 1]],
      ['half', [1, 3], 'Float32Array', [-2.5, 0, Infinity]],
      ['whole', [1, 3], 'Int32Array', [-2, 0, 70_000]],
    ]);
  });

  it('takes bytes as they are, and 16-bit floats', async () => {
    const elements = { uint8: 2, float16: 10 } as const;
    for (const [dtype, number] of Object.entries(elements)) {
      const bytes = onnxFile({
        nodes: [{ op: 'Cast', inputs: ['image'], outputs: ['scores'], attributes: { to: { int: 1 } } }],
        initializers: [],
        inputs: [{ name: 'image', type: dtype as keyof typeof elements, shape: ['n', 2, 2, 3] }],
        outputs: [{ name: 'scores', shape: ['n', 2, 2, 3] }],
      });
      expect(number).toBeGreaterThan(0);
      const modelPath = join(await temporaryFolder(), 'model.onnx');
      await writeFile(modelPath, bytes);
      const size = {
        name: 'image',
        layout: 'NHWC',
        width: 2,
        height: 2,
        channels: 3,
        resize: 'stretch',
      } as const;
      const pixels = Uint8Array.from({ length: 12 }, (_, i) => i * 20);
      const asBytes = await startHost(modelPath, {
        input:
          dtype === 'uint8'
            ? { ...size, dtype }
            : { ...size, dtype: 'float16', scale: 1, mean: [0, 0, 0], std: [1, 1, 1] },
      });
      expect(scoresOf(await asBytes.run(pixels))).toEqual([...pixels]);
      expect(scoresOf(await asBytes.run(Float32Array.from(pixels)))).toEqual([...pixels]);
      if (dtype === 'uint8') {
        await expect(asBytes.run(new Float32Array(12).fill(0.5))).rejects.toMatchObject({
          code: 'input-mismatch',
          message: 'a tensor holds 0.5, the model takes whole numbers from 0 to 255',
        });
      }
    }
  });

  it('feeds further inputs their constants', async () => {
    const bytes = onnxFile({
      nodes: [
        { op: 'Mul', inputs: ['image', 'factor'], outputs: ['product'] },
        { op: 'Cast', inputs: ['shift'], outputs: ['shift_float'], attributes: { to: { int: 1 } } },
        { op: 'Add', inputs: ['product', 'shift_float'], outputs: ['scores'] },
      ],
      initializers: [],
      inputs: [
        { name: 'image', shape: ['n', 1, 2, 2] },
        { name: 'factor', shape: ['k'] },
        { name: 'shift', type: 'int64', shape: [1] },
      ],
      outputs: [{ name: 'scores', shape: ['n', 1, 2, 2] }],
    });
    const modelPath = join(await temporaryFolder(), 'model.onnx');
    await writeFile(modelPath, bytes);
    const input = { ...bundleDocument().input, width: 2, height: 2, scale: 1, mean: [0], std: [1] };
    const started = (constants: Record<string, number[]>) =>
      startHost(modelPath, { input: { ...input, constants } });
    const host = await started({ factor: [2], shift: [5] });
    expect(scoresOf(await host.run(Uint8Array.of(1, 2, 3, 4)))).toEqual([7, 9, 11, 13]);
    const refusals: readonly (readonly [Record<string, number[]>, string])[] = [
      [{ factor: [2] }, 'input.constants lacks "shift"'],
      [{ factor: [2], shift: [1, 2] }, 'input.constants gives "shift" 2 values, the model takes [1]'],
      [{ factor: [2], shift: [0.5] }, 'input.constants gives "shift" 0.5, the model takes int64'],
      [{ factor: [2], shift: [1], more: [1] }, 'input.constants names "more"'],
      [{ factor: [1e39], shift: [1] }, 'input.constants gives "factor" 1e+39, the model takes float32'],
      [
        { factor: [2], shift: [2 ** 60] },
        'input.constants gives "shift" 1152921504606847000, the model takes int64',
      ],
    ];
    for (const [constants, message] of refusals) {
      await expect(started(constants)).rejects.toMatchObject({
        code: 'input-mismatch',
        message: expect.stringContaining(message),
      });
    }
  });

  it('feeds as many constants as a bundle may give, and none that its element cannot hold', async () => {
    const length = 65_536;
    const bytes = onnxFile({
      nodes: [
        { op: 'Cast', inputs: ['bytes'], outputs: ['floats'], attributes: { to: { int: 1 } } },
        { op: 'Mul', inputs: ['floats', 'weights'], outputs: ['products'] },
        { op: 'ReduceMax', inputs: ['products'], outputs: ['most'], attributes: { keepdims: { int: 0 } } },
        { op: 'Add', inputs: ['image', 'most'], outputs: ['scores'] },
      ],
      initializers: [],
      inputs: [
        { name: 'image', shape: ['n', 1, 2, 2] },
        { name: 'bytes', type: 'uint8', shape: [length] },
        { name: 'weights', shape: [length] },
      ],
      outputs: [{ name: 'scores', shape: ['n', 1, 2, 2] }],
    });
    const modelPath = join(await temporaryFolder(), 'model.onnx');
    await writeFile(modelPath, bytes);
    const input = { ...bundleDocument().input, width: 2, height: 2, scale: 1, mean: [0], std: [1] };
    const weights = new Array<number>(length).fill(0.123456789);
    const host = await startHost(modelPath, {
      input: { ...input, constants: { bytes: new Array<number>(length).fill(255), weights } },
    });
    expect(scoresOf(await host.run(Uint8Array.of(0, 0, 0, 0)))[0]).toBeCloseTo(255 * 0.123456789, 3);
    const bytesTooLarge = new Array<number>(length).fill(256);
    await expect(
      startHost(modelPath, { input: { ...input, constants: { bytes: bytesTooLarge, weights } } }),
    ).rejects.toMatchObject({ message: 'input.constants gives "bytes" 256, the model takes uint8' });
  });

  it('refuses outputs that are too large with their size, and lives on', async () => {
    const bytes = onnxFile({
      nodes: [{ op: 'Expand', inputs: ['image', 'shape'], outputs: ['scores'] }],
      initializers: [{ name: 'shape', dims: [2], data: BigInt64Array.of(17n * 1024n * 1024n, 1n) }],
      inputs: [{ name: 'image', shape: [1, 1] }],
      outputs: [{ name: 'scores', shape: ['n', 1] }],
    });
    const modelPath = join(await temporaryFolder(), 'model.onnx');
    await writeFile(modelPath, bytes);
    const host = await startHost(modelPath, { input: { name: 'image', dims: [1, 1] } });
    await expect(host.run(Float32Array.of(1))).rejects.toMatchObject({
      code: 'labels-mismatch',
      message: "the model's outputs take 69 MB a frame, at most 64 MB are read",
    });
    expect(host.isAlive).toBe(true);
  });

  it('sends large outputs whole', async () => {
    const input = { name: 'image', dims: [1, 1, 512, 512] };
    const bytes = onnxFile({
      nodes: [{ op: 'Neg', inputs: ['image'], outputs: ['scores'] }],
      initializers: [],
      inputs: [{ name: 'image', shape: input.dims }],
      outputs: [{ name: 'scores', shape: input.dims }],
    });
    const modelPath = join(await temporaryFolder(), 'model.onnx');
    await writeFile(modelPath, bytes);
    const host = await startHost(modelPath, { input });
    const values = Float32Array.from({ length: 512 * 512 }, (_, i) => i);
    for (let round = 0; round < 3; round += 1) {
      const { tensors } = await host.run(values);
      expect(tensors.get('scores')?.data).toEqual(values.map((value) => -value));
    }
  });

  it('measures the memory of the child, between runs too', async () => {
    const host = await startHost();
    const busy = Promise.all(Array.from({ length: 4 }, (_, i) => host.run(frame(i))));
    const { rssMb, peakRssMb } = await host.memory();
    expect(rssMb).toBeGreaterThan(10);
    expect(peakRssMb).toBeGreaterThanOrEqual(rssMb - 1);
    await busy;
    await host.stop();
    expect(await host.rssMb()).toBe(0);
  });

  it('can be given up while it loads', async () => {
    const { input } = bundleDocument();
    const options = { modelPath: '/nowhere', input, outputs: ['scores'], intraOpNumThreads: 1 };
    const limits = { hangMs: 1000, loadTimeoutMs: 1000 };
    await expect(
      InferenceHost.start({ ...options, ...limits, signal: AbortSignal.abort() }),
    ).rejects.toMatchObject({ code: 'stopped' });
  });
});
