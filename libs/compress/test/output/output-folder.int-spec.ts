import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { OutputFolder } from '../../src/output/output-folder.js';
import { temporaryFolder } from '../support/small-bundle.js';

/** A result of the file `model`, where an earlier one may be. */
async function published(path: string, model: string): Promise<void> {
  const folder = await OutputFolder.open(path);
  await folder.write('deep/model.onnx', model);
  const files = [...(await folder.files()), 'report.json'];
  await folder.write('report.json', JSON.stringify({ schema: 'hamon.compress-report/1', files }));
  await folder.publish();
}

describe('the output folder', () => {
  it('replaces what an earlier run left, and leaves nothing beside it', async () => {
    const out = join(await temporaryFolder(), 'out');
    await published(out, 'first');
    await published(out, 'second');
    expect(await readFile(join(out, 'deep', 'model.onnx'), 'utf8')).toBe('second');
    expect(await readdir(dirname(out))).toEqual(['out']);
  });

  it.each(['thesis.txt', 'deep/thesis.txt', '.hidden'])('keeps %s that somebody put in it', async (path) => {
    const out = join(await temporaryFolder(), 'out');
    await published(out, 'first');
    await writeFile(join(out, path), 'years of work');
    await expect(OutputFolder.open(out)).rejects.toMatchObject({
      code: 'option-invalid',
      message: expect.stringContaining(`holds ${path}`) as unknown,
    });
    expect(await readFile(join(out, path), 'utf8')).toBe('years of work');
  });

  it('keeps what was put in it while a run went on', async () => {
    const out = join(await temporaryFolder(), 'out');
    await published(out, 'first');
    const folder = await OutputFolder.open(out);
    await folder.write('model.onnx', 'second');
    await writeFile(join(out, 'thesis.txt'), 'years of work');
    await expect(folder.publish()).rejects.toMatchObject({ code: 'option-invalid' });
    expect((await readdir(out)).sort()).toEqual(['deep', 'report.json', 'thesis.txt']);
  });

  it('puts the former result back where the new one cannot take its place', async () => {
    const out = join(await temporaryFolder(), 'out');
    await published(out, 'first');
    const folder = await OutputFolder.open(out);
    await rm(folder.draft, { recursive: true });
    await expect(folder.publish()).rejects.toMatchObject({ code: 'option-invalid' });
    expect(await readFile(join(out, 'deep', 'model.onnx'), 'utf8')).toBe('first');
    expect(await readdir(dirname(out))).toEqual(['out']);
  });

  it('keeps the result of a release whose reports did not list files', async () => {
    const out = await temporaryFolder();
    await writeFile(join(out, 'model.onnx'), 'first');
    await writeFile(join(out, 'report.json'), '{"schema": "hamon.compress-report/1"}');
    await expect(OutputFolder.open(out)).rejects.toMatchObject({
      code: 'option-invalid',
      message: expect.stringContaining('earlier release') as unknown,
    });
    expect(await readFile(join(out, 'model.onnx'), 'utf8')).toBe('first');
  });

  it('refuses what another tool called report.json', async () => {
    const out = await temporaryFolder();
    await mkdir(join(out, 'tests'));
    await writeFile(join(out, 'report.json'), '{"text": "\\"hamon.compress-report/1\\""}');
    await expect(OutputFolder.open(out)).rejects.toMatchObject({ code: 'option-invalid' });
  });

  it('says that a report cannot be read, and not that there is none', async () => {
    const out = await temporaryFolder();
    await mkdir(join(out, 'report.json'));
    await expect(OutputFolder.open(out)).rejects.toMatchObject({
      code: 'option-invalid',
      message: expect.stringContaining(`--out ${out} cannot be read: EISDIR`) as unknown,
    });
  });
});
