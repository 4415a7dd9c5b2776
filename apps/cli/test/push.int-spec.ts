import { createHash, randomBytes } from 'node:crypto';
import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bundleDocument } from '@hamon/testing';
import { cut, FakeServer, json, problem } from './support/fake-server.js';
import { hamon, temporaryFolder } from './support/run.js';
import { compressReport } from './support/compress-report.js';
import { versionView } from './support/views.js';

let server: FakeServer;
let folder: string;
const weights = randomBytes(700_000);
const sha256 = createHash('sha256').update(weights).digest('hex');
const document = {
  ...bundleDocument({ model: 'tile-inspector' }),
  variants: [{ name: 'fp32', file: 'model.fp32.onnx' }],
};

beforeEach(async () => {
  server = await FakeServer.start();
  server
    .on(`HEAD /v1/artifacts/${sha256}`, (_q, r) => r.writeHead(404).end())
    .on(`PUT /v1/artifacts/${sha256}`, (_q, r) => json(r, {}, 201))
    .on('POST /v1/models/tile-inspector/versions', (_q, r) => json(r, versionView(), 201));
  folder = await temporaryFolder();
  await writeFile(join(folder, 'model.fp32.onnx'), weights);
  await write({});
});
afterEach(() => server.stop());

const write = (change: object) =>
  writeFile(join(folder, 'bundle.json'), JSON.stringify({ ...document, ...change }));
const push = (ref = 'tile-inspector@1.0.0', flags: string[] = []) =>
  hamon(['model', 'push', ref, '--bundle', folder, ...flags, ...server.flags]);
const requests = () => server.received.map(({ method }) => method);

describe('pushing', () => {
  it('streams what the server lacks, byte for byte, and then the version', async () => {
    const { code, json: answer } = await push(undefined, ['--json']);
    expect(code).toBe(0);
    expect(answer).toMatchObject({
      schema: 'hamon.version/1',
      state: 'validated',
      uploadedBytes: 700_000,
      presentBytes: 0,
    });
    expect(requests()).toEqual(['HEAD', 'PUT', 'POST']);
    expect(server.received[1]!.body.equals(weights)).toBe(true);
    expect(JSON.parse(server.received[2]!.body.toString())).toMatchObject({
      version: '1.0.0',
      bundle: { model: 'tile-inspector' },
      files: [{ path: 'model.fp32.onnx', sha256, length: 700_000 }],
    });
  });

  it('sends nothing again that is there', async () => {
    server.on(`HEAD /v1/artifacts/${sha256}`, (_q, r) =>
      r.writeHead(200, { 'content-length': 700_000 }).end(),
    );
    expect((await push()).out).toContain('0 B uploaded, 700.0 kB were there already.');
    expect(requests()).toEqual(['HEAD', 'POST']);
  });

  it('begins an upload anew when the connection breaks', async () => {
    server.on(`PUT /v1/artifacts/${sha256}`, (_q, r, attempt) => (attempt < 3 ? cut(r) : json(r, {}, 201)));
    expect((await push()).code).toBe(0);
    expect(
      server.received
        .filter(({ method }) => method === 'PUT')
        .at(-1)!
        .body.equals(weights),
    ).toBe(true);
  });

  it('sends the report of "hamon compress" along, and neither it nor its page as a file', async () => {
    await writeFile(join(folder, 'report.json'), JSON.stringify(compressReport(sha256, weights.length)));
    await writeFile(join(folder, 'report.html'), '<p>');
    const { code, err } = await push();
    expect([code, err]).toEqual([0, '']);
    expect(requests()).toEqual(['HEAD', 'PUT', 'POST']);
    const { files, report } = JSON.parse(server.received[2]!.body.toString()) as Record<string, unknown>;
    expect(files).toHaveLength(1);
    expect(report).toMatchObject({ version: '1.0.0', variants: [{ name: 'fp32', sha256 }] });
    // What hangs on the model's size stays on this machine.
    expect(report).not.toHaveProperty('layers');
  });

  it.each([
    ['not JSON', '{', 'report.json is not JSON'],
    ['something else', '{"schema":"hamon.bundle/1"}', 'hamon.compress-report/1'],
    [
      'of an ONNX file alone',
      () => ({ ...compressReport(sha256, 1), model: undefined }),
      'of an ONNX file alone',
    ],
  ])('refuses a report that is %s, and says what to do', async (_what, content, word) => {
    const text = typeof content === 'string' ? content : JSON.stringify(content());
    await writeFile(join(folder, 'report.json'), text);
    const { code, err } = await push();
    expect(code).toBe(1);
    expect(err).toContain(word);
    expect(err).toContain('remove report.json to push without it');
    expect(requests()).toEqual([]);
  });

  it('says which files stay behind', async () => {
    await writeFile(join(folder, 'notes.txt'), 'x');
    const { code, err } = await push();
    expect([code, err]).toEqual([0, 'Not named in bundle.json, so not pushed: notes.txt (1 file)\n']);
  });

  it('ends with the one reason of the validation', async () => {
    const detail = 'Golden sample golden/0.png: "Free" expected, "Break" answered.';
    server.on('POST /v1/models/tile-inspector/versions', (_q, r) =>
      problem(r, 422, 'bundle-refused', detail),
    );
    expect(await push()).toMatchObject({ code: 1, out: '', err: `hamon: ${detail}\n` });
  });
});

describe('what this machine can tell is told before anything is sent', () => {
  it.each<[string, RegExp, () => Promise<unknown>]>([
    ['no bundle.json', /holds no bundle\.json/, () => rm(join(folder, 'bundle.json'))],
    ['no folder', /no such file/, () => rm(folder, { recursive: true })],
    ['no JSON', /bundle\.json is not JSON/, () => writeFile(join(folder, 'bundle.json'), '{')],
    ['a broken rule', /breaks its rules:\n {2}budgets: /, () => write({ budgets: undefined })],
    [
      'another version',
      /says version "1\.0\.1", the command line "1\.0\.0"/,
      () => write({ version: '1.0.1' }),
    ],
    [
      'another model',
      /says model "other", the command line "tile-inspector"/,
      () => write({ model: 'other' }),
    ],
    [
      'a file that is missing',
      /names a file that is not in .*\n {2}golden\.0\.file: "golden\/7\.png" is missing/,
      () => write({ golden: [{ file: 'golden/7.png' }] }),
    ],
    [
      'a path that leaves the folder',
      /variants\.0\.file: must be a relative path inside the bundle/,
      () => write({ variants: [{ name: 'fp32', file: '../model.onnx' }] }),
    ],
    [
      'a link',
      /"model\.fp32\.onnx" is a link/,
      async () => {
        await rm(join(folder, 'model.fp32.onnx'));
        await symlink('/etc/hostname', join(folder, 'model.fp32.onnx'));
      },
    ],
    [
      'a linked folder',
      /"golden" is a link/,
      async () => {
        await mkdir(join(folder, 'other'));
        await symlink(join(folder, 'other'), join(folder, 'golden'));
      },
    ],
  ])('%s', async (_name, reason, spoil) => {
    await spoil();
    const { code, out, err } = await push();
    expect([code, out]).toEqual([1, '']);
    expect(err).toMatch(reason);
    expect(requests()).toEqual([]);
  });
});
