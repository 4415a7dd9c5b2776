import { join } from 'node:path';
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { taskNamed } from '@hamon/tasks';
import { decodeImage, hardwareFacts, portsOf, readBundle } from '../src/index.js';
import { DeviceFacts } from '@hamon/contracts';
import { hasReference, REFERENCE, startHost } from './support.js';

// The golden outputs of these bundles were computed elsewhere, in Python, on the PNGs beside them.
const MODELS = ['tile-inspector-1.0.0', 'tile-inspector-2.0.0', 'resnet8-cifar10-1.0.0'];
const describeWithReference = hasReference ? describe : describe.skip;

describeWithReference(`golden samples of other tools (needs ${join('..', 'shared', 'data')})`, () => {
  it.each(MODELS)('%s comes out the same here to five digits', async (folder) => {
    const dir = join(REFERENCE, 'models', folder);
    const bundle = await readBundle(dir);
    if (!bundle.ok) throw new Error(bundle.error.detail);
    const { task: name, input, output, variants, golden = [] } = bundle.value;
    const task = taskNamed(name);
    const decode = task.decoder(output, input);
    const host = await startHost(join(dir, variants[0]?.file ?? ''), portsOf(bundle.value));
    expect(golden.length).toBeGreaterThan(5);
    for (const sample of golden) {
      const { pixels, frame } = await decodeImage(await readFile(join(dir, sample.file)), input);
      const answer = decode((await host.run(pixels)).tensors, frame);
      if (!answer.ok || !sample.expect) throw new Error('no answer, or nothing expected');
      const expected = { ...sample.expect, tolerance: 2e-5 };
      expect(task.golden.broken(answer.value, expected, output)).toBeUndefined();
    }
  });
});

describe('hardwareFacts', () => {
  it('fills the contract', async () => {
    const facts = DeviceFacts.parse(await hardwareFacts('0.1.0'));
    expect(facts.onnxruntime).toMatch(/^1\./);
    expect(facts.agent).toBe('0.1.0');
  });
});
