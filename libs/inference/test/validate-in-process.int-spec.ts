import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { bundleDocument, hungryModel, writeBundle } from '@hamon/testing';
import { validateInProcess } from '../src/index.js';
import { temporaryFolder } from './support.js';

const limits = { maxSeconds: 60, maxMemoryMb: 700 };

async function folderOf(model: object, files: Record<string, Uint8Array> = {}): Promise<string> {
  const dir = await temporaryFolder();
  await writeBundle(dir, bundleDocument(), model, files);
  return dir;
}

describe('validating in a process of its own', () => {
  it('completes a bundle as in this one', async () => {
    const result = await validateInProcess(await folderOf({}), limits);
    if (!result.ok) throw new Error(result.error.detail);
    expect([...result.value.newFiles.keys()]).toContain('baseline.json');
    expect(result.value.bundle.golden).toHaveLength(8);
    expect(result.value.variants).toEqual([expect.objectContaining({ name: 'fp32', runs: 50 })]);
  });

  it('refuses a small file that unfolds to gigabytes, with the figure and the limit', async () => {
    const bytes = hungryModel(6_000_000_000);
    expect(bytes.length).toBeLessThan(1000);
    const result = await validateInProcess(await folderOf({}, { 'model.fp32.onnx': bytes }), limits);
    expect(result).toEqual({
      ok: false,
      error: {
        code: 'memory-budget',
        detail: expect.stringMatching(/took \d+ MB, at most 700 MB are allowed/),
      },
    });
  });

  it('refuses a model that does not end, with the limit', async () => {
    const dir = await folderOf({ delayRounds: Infinity });
    expect(await validateInProcess(dir, { ...limits, maxSeconds: 3 })).toEqual({
      ok: false,
      error: { code: 'worker-hung', detail: 'the validation was ended: it took longer than 3 s' },
    });
  });

  it('ends at the signal', async () => {
    const dir = await folderOf({ delayRounds: Infinity });
    const cancel = new AbortController();
    const validating = validateInProcess(dir, limits, cancel.signal);
    setImmediate(() => cancel.abort());
    await expect(validating).rejects.toMatchObject({ code: 'stopped' });
  });

  it("does not write over a file of the bundle's own", async () => {
    const dir = await folderOf({});
    await writeFile(join(dir, 'baseline.json'), 'mine');
    expect(await validateInProcess(dir, limits)).toMatchObject({
      ok: false,
      error: { code: 'bundle-invalid', detail: expect.stringContaining('"baseline.json" is the name') },
    });
  });
});
