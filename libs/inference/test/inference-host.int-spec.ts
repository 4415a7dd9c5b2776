import { describe, expect, it } from 'vitest';
import { bundleDocument } from '@hamon/testing';
import { InferenceHost } from '../src/index.js';
import { startHost } from './support.js';

const frame = (value: number): Uint8Array => new Uint8Array(64).fill(value);

describe('InferenceHost', () => {
  it('answers pixels and tensors alike, normalised in the child', async () => {
    const input = bundleDocument().input;
    const host = await startHost({}, { input: { ...input, scale: 2, mean: [10], std: [5] } });
    const normalised = (100 * 2 - 10) / 5;
    const fromPixels = await host.run(frame(100));
    const fromTensor = await host.run(new Float32Array(64).fill(normalised));
    expect([...fromPixels.probabilities]).toEqual([normalised, 2 * normalised, 3 * normalised]);
    expect([...fromTensor.probabilities]).toEqual([...fromPixels.probabilities]);
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
    expect([...(await host.run(pixels)).probabilities]).toEqual([10, 10, 10]);
  });

  it('applies the activation', async () => {
    const output = { ...bundleDocument().output, activation: 'softmax' as const };
    const host = await startHost({ bias: Float32Array.of(0, 1000, 0) }, { output });
    expect([...(await host.run(frame(0))).probabilities]).toEqual([0, 1, 0]);
  });

  it('takes plain tensors for models that are no image classifiers', async () => {
    const host = await startHost(
      {},
      { input: { name: 'image', dims: [1, 1, 8, 8] }, output: { name: 'scores', activation: 'none' } },
    );
    expect((await host.run(new Float32Array(64).fill(1))).probabilities).toHaveLength(3);
    await expect(host.run(frame(1))).rejects.toMatchObject({ code: 'input-mismatch' });
  });

  it('reads tensors from unaligned memory', async () => {
    const host = await startHost();
    const values = new Float32Array(64).fill(7);
    const shifted = Buffer.alloc(257);
    Buffer.from(values.buffer).copy(shifted, 1);
    await expect(host.run(shifted)).rejects.toMatchObject({ code: 'input-mismatch' });
    const half = new Float32Array(128).fill(7).subarray(64);
    expect([...(await host.run(half)).probabilities]).toEqual([7, 14, 21]);
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
      outcome.status === 'fulfilled'
        ? outcome.value.probabilities[0]
        : (outcome.reason as { code: string }).code,
    );
    expect(values).toEqual([0, 1, 2, 3, ...Array.from({ length: 6 }, () => 'overloaded')]);
    expect(host.pendingRuns).toBe(0);
    expect((await host.run(frame(9))).probabilities[0]).toBe(9);
  });

  it('ends a run at its own deadline, waiting or in the child, and lives on', async () => {
    const host = await startHost({ delayRounds: 300_000 });
    const inChild = host.run(frame(1), { deadlineMs: 20 });
    const waiting = host.run(frame(2), { deadlineMs: 20 });
    const patient = host.run(frame(3));
    await expect(inChild).rejects.toMatchObject({ code: 'too-slow' });
    await expect(waiting).rejects.toMatchObject({ code: 'too-slow' });
    expect((await patient).probabilities[0]).toBe(3);
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

  it('reports NaN instead of an answer, and goes on', async () => {
    const host = await startHost();
    await expect(host.run(new Float32Array(64).fill(NaN))).rejects.toMatchObject({
      code: 'output-not-finite',
    });
    expect((await host.run(frame(4))).probabilities[0]).toBe(4);
  });

  it('reports an output that only shows its size when it runs', async () => {
    const output = { ...bundleDocument().output, labels: ['a', 'b'] };
    await expect(startHost({}, { output })).rejects.toMatchObject({ code: 'labels-mismatch' });
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
    const { input, output } = bundleDocument();
    const options = { modelPath: '/nowhere', input, output, intraOpNumThreads: 1 };
    const limits = { hangMs: 1000, loadTimeoutMs: 1000 };
    await expect(
      InferenceHost.start({ ...options, ...limits, signal: AbortSignal.abort() }),
    ).rejects.toMatchObject({ code: 'stopped' });
  });
});
