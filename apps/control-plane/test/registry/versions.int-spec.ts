import { readdirSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BundleDocument, goldenFor, MAX_CHUNK_BYTES, type VersionView } from '@hamon/contracts';
import { digestOf, parseIndex } from '@hamon/content';
import { encodePng } from '@hamon/inference';
import { tinyModel } from '@hamon/testing';
import { artifactPath } from '../support/artifact-path.js';
import { push, release, sha256, upload, type Pushed } from '../support/push.js';
import { startTestControlPlane, type TestControlPlane } from '../support/test-control-plane.js';

let plane: TestControlPlane;
beforeAll(async () => {
  plane = await startTestControlPlane();
  await plane.call('POST', '/v1/models', { name: 'tiny', task: 'classification' });
});
afterAll(() => plane.discard());

const listed = async (): Promise<string[]> => {
  const answer = await plane.call<{ items: VersionView[] }>('GET', '/v1/models/tiny/versions');
  return answer.body.items.map(({ version }) => version);
};

const grey = await encodePng(new Uint8Array(64).fill(128), { width: 8, height: 8, channels: 1 });

describe('a pushed version', () => {
  test('is validated, completed, cut into chunks and written to the audit ledger', async () => {
    const bundle = {
      variants: [
        { name: 'fp32', file: 'model.fp32.onnx' },
        { name: 'pruned', file: 'model.pruned.onnx' },
      ],
    };
    const pruned = tinyModel({ weights: Float32Array.of(3, 2, 1) });
    const answer = await push(plane, { bundle, files: { 'model.pruned.onnx': pruned } });
    expect(answer).toMatchObject({ status: 201, body: { state: 'validated', releasedAt: null } });
    expect(answer.body.variants.map(({ name }) => name)).toEqual(['fp32', 'pruned']);

    for (const variant of answer.body.variants) {
      const index = parseIndex(await readFile(artifactPath(plane, variant.bundle)), variant.bundle);
      const file = index.files.find(({ path }) => path === 'bundle.json');
      const document = BundleDocument.parse(
        JSON.parse(await readFile(artifactPath(plane, file?.sha256 ?? ''), 'utf8')),
      );
      // What a device installs is complete: one variant, golden samples with what this very file answers, a baseline.
      expect(document.variants.map(({ name }) => name)).toEqual([variant.name]);
      const golden = goldenFor(document, variant.name);
      expect(golden.length).toBeGreaterThan(0);
      expect(golden.every(({ expect: expected }) => expected !== undefined)).toBe(true);
      expect(index.files.map(({ path }) => path)).toContain(document.baseline);
      expect(variant.lengthBytes).toBe(index.files.reduce((sum, { length }) => sum + length, 0));
    }
    const { body } = await plane.call<{ items: { action: string; subject: string }[] }>(
      'GET',
      '/v1/audit?limit=1',
    );
    expect(body.items[0]).toMatchObject({ action: 'version.push', subject: 'tiny@1.0.0' });
  });

  test('has every chunk readable at its place, under its digest', async () => {
    const model = tinyModel({ weights: new Float32Array(3 * 1).fill(2), outputName: 'scores' });
    await push(plane, { bundle: { version: '1.0.1' }, files: { 'model.fp32.onnx': model } });
    const chunks = await plane.database.query<
      { bundle_sha256: string; sha256: string; artifact: string; byte_offset: string; length: number }[]
    >('SELECT * FROM bundle_chunks');
    expect(chunks.length).toBeGreaterThan(5);
    for (const { sha256: digest, artifact, byte_offset, length } of chunks) {
      const start = Number(byte_offset);
      const bytes = (await readFile(artifactPath(plane, artifact))).subarray(start, start + length);
      expect(digestOf(bytes)).toBe(digest);
      expect(length).toBeLessThanOrEqual(MAX_CHUNK_BYTES);
    }
    const bundles = await plane.database.query<
      { bundle_sha256: string; bundle_chunks: { sha256: string }[] }[]
    >('SELECT bundle_sha256, bundle_chunks FROM variants');
    // The index itself is sent as chunks too.
    for (const { bundle_sha256, bundle_chunks } of bundles) {
      const known = chunks
        .filter((chunk) => chunk.bundle_sha256 === bundle_sha256)
        .map((chunk) => chunk.sha256);
      expect(known).toEqual(expect.arrayContaining(bundle_chunks.map(({ sha256: digest }) => digest)));
    }
  });

  test('pushed again is the same version; with other bytes it is refused', async () => {
    const pushed: Pushed = { bundle: { version: '1.1.0' } };
    const first = await push(plane, pushed);
    expect(first.status).toBe(201);
    const second = await push(plane, pushed);
    expect([second.status, second.body]).toEqual([200, first.body]);

    const other = await push(plane, { ...pushed, model: { weights: Float32Array.of(9, 9, 9) } });
    expect(other).toMatchObject({ status: 409, body: { code: 'version-exists' } });
    expect((await plane.call('GET', '/v1/models/tiny/versions/1.1.0')).body).toEqual(first.body);
  });

  test('pushed by two at once is stored once', async () => {
    const answers = await Promise.all([1, 2, 3].map(() => push(plane, { bundle: { version: '1.2.0' } })));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 201]);
    expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(1);
  });

  test('is released once, and only when it exists', async () => {
    await push(plane, { bundle: { version: '1.3.0' } });
    const path = '/v1/models/tiny/versions/1.3.0/release';
    const first = await plane.call<VersionView>('POST', path, {});
    expect(first).toMatchObject({ status: 200, body: { state: 'released' } });
    expect((await plane.call('POST', path, {})).body).toEqual(first.body);
    expect(await plane.call('POST', '/v1/models/tiny/versions/9.9.9/release', {})).toMatchObject({
      status: 404,
      body: { code: 'version-not-found' },
    });
  });
});

describe('a bundle that cannot run', () => {
  const golden = (label: string, probabilities: number[]) => ({
    files: { 'golden/0.png': grey },
    bundle: { golden: [{ file: 'golden/0.png', expect: { label, probabilities, tolerance: 0.02 } }] },
  });
  const file = (path: string, bytes = Buffer.from(path)) => ({
    path,
    sha256: sha256(bytes),
    length: bytes.length,
  });
  const model = tinyModel();

  test.each<[string, Pushed, number, RegExp]>([
    [
      'an ONNX that does not load',
      { files: { 'model.fp32.onnx': Buffer.from('no model') } },
      422,
      /^model-unloadable: /,
    ],
    [
      'half an ONNX',
      { files: { 'model.fp32.onnx': model.subarray(0, model.length / 2) } },
      422,
      /^model-unloadable: /,
    ],
    ['another input name', { model: { inputName: 'picture' } }, 422, /^input-mismatch: .*image/],
    ['another input shape', { model: { width: 9 } }, 422, /^input-mismatch: /],
    ['more labels than outputs', { model: { classes: 2 } }, 422, /^labels-mismatch: /],
    [
      'a golden sample that fails',
      golden('low', [0.9, 0.05, 0.05]),
      422,
      /^golden-mismatch: .*golden\/0\.png/,
    ],
    [
      'an unknown label in a golden sample',
      golden('other', [0.9, 0.05, 0.05]),
      400,
      /bundle\.golden\.0\.expect\.label: "other"/,
    ],
    [
      'an altered golden image',
      { ...golden('high', [0.1, 0.2, 0.7]), files: { 'golden/0.png': grey.subarray(0, 40) } },
      422,
      /golden\/0\.png/,
    ],
    [
      'a path that leaves the bundle',
      { body: { files: [file('../../keys/manifest.jwk')] } },
      400,
      /^files\.0\.path: must be a relative path inside/,
    ],
    [
      'an absolute path',
      { body: { files: [file('/etc/passwd')] } },
      400,
      /^files\.0\.path: must be a relative path/,
    ],
    [
      'a file that was not uploaded',
      { body: { files: [file('model.fp32.onnx', Buffer.from('never sent'))] } },
      422,
      /^files\.0: "model\.fp32\.onnx" was not uploaded/,
    ],
    [
      'a wrong length',
      { body: { files: [{ ...file('model.fp32.onnx', Buffer.from(model)), length: 5 }] } },
      422,
      /^files\.0: .* has \d+ bytes, 5 were announced/,
    ],
    [
      'a file that bundle.json does not name',
      { files: { 'notes.txt': Buffer.from('x') } },
      422,
      /files\.1\.path: "notes\.txt" is not named/,
    ],
    [
      'a file that is missing',
      { bundle: { baseline: 'baseline.json' } },
      422,
      /files: "baseline\.json" is named in bundle\.json and not given/,
    ],
    [
      'a file given twice',
      { body: { files: [1, 2].map(() => file('model.fp32.onnx', Buffer.from(model))) } },
      422,
      /files\.1\.path: .* twice/,
    ],
    [
      'a path that is a file and a folder',
      { bundle: { golden: [{ file: 'model.fp32.onnx/0.png' }] }, files: { 'model.fp32.onnx/0.png': grey } },
      422,
      /"model\.fp32\.onnx" is a file and a folder/,
    ],
    [
      'another version than its bundle.json',
      { body: { version: '9.0.0' } },
      422,
      /bundle\.version: must be "9\.0\.0"/,
    ],
    ['an unknown field', { body: { colour: 'red' } }, 400, /Unrecognized key: "colour"/],
    [
      'an unknown task',
      { bundle: { task: 'detection' as 'classification' } },
      400,
      /bundle\.task: hamon\.bundle\/1 is of classification/,
    ],
  ])('%s is refused with one reason, and nothing is stored', async (_, pushed, status, detail) => {
    const before = await listed();
    const answer = await push(plane, {
      ...pushed,
      bundle: { version: '7.0.0', ...pushed.bundle },
      ...(pushed.body && !('version' in pushed.body) ? { body: { version: '7.0.0', ...pushed.body } } : {}),
    });
    expect(answer.status).toBe(status);
    expect(answer.body.detail).toMatch(detail);
    expect(answer.headers.get('content-type')).toMatch('application/problem+json');
    expect(await listed()).toEqual(before);
    expect(readdirSync(join(plane.dataDir, 'tmp'))).toEqual([]);
  });

  test('of an unknown model', async () => {
    const answer = await push(plane, { bundle: { model: 'unknown' } });
    expect(answer).toMatchObject({ status: 404, body: { code: 'model-not-found' } });
  });

  test('does not keep the next one from being pushed', async () => {
    await push(plane, { bundle: { version: '7.1.0' }, model: { classes: 2 } });
    expect((await push(plane, { bundle: { version: '7.1.0' } })).status).toBe(201);
  });
});

describe('models', () => {
  test('are created once and paged by name', async () => {
    for (const name of ['b', 'a', 'c']) {
      expect((await plane.call('POST', '/v1/models', { name, task: 'classification' })).status).toBe(201);
    }
    expect(await plane.call('POST', '/v1/models', { name: 'a', task: 'classification' })).toMatchObject({
      status: 409,
      body: { code: 'model-exists' },
    });
    const names: string[] = [];
    let next: string | null = '';
    while (next !== null) {
      const after: string = next === '' ? '' : `&after=${next}`;
      const page: { body: { items: { name: string }[]; next: string | null } } = await plane.call(
        'GET',
        `/v1/models?limit=2${after}`,
      );
      names.push(...page.body.items.map(({ name }) => name));
      next = page.body.next;
    }
    expect(names).toEqual(['a', 'b', 'c', 'tiny']);
  });

  test('versions are paged in the order of their push', async () => {
    for (const version of ['2.0.0', '1.0.0', '3.0.0'])
      await release(plane, { bundle: { model: 'a', version } });
    type Versions = { items: VersionView[]; next: string };
    const first = await plane.call<Versions>('GET', '/v1/models/a/versions?limit=2');
    const second = await plane.call<Versions>(
      'GET',
      `/v1/models/a/versions?limit=2&after=${first.body.next}`,
    );
    expect([...first.body.items, ...second.body.items].map(({ version }) => version)).toEqual([
      '2.0.0',
      '1.0.0',
      '3.0.0',
    ]);
    expect(second.body.next).toBeNull();
  });

  test('serve a version and variant that exist', async () => {
    const serve = (body: object) => plane.call('PUT', '/v1/models/a/cloud', body);
    expect(await serve({ version: '2.0.0' })).toMatchObject({
      status: 200,
      body: { cloud: { version: '2.0.0', variant: 'fp32' } },
    });
    expect(await serve({ version: '2.0.0', variant: 'fp16' })).toMatchObject({
      status: 404,
      body: { code: 'variant-not-found' },
    });
    expect(await serve({ version: '8.0.0' })).toMatchObject({
      status: 404,
      body: { code: 'version-not-found' },
    });
  });
});

test('the bytes of a lost file are asked for again', async () => {
  const bytes = Buffer.from('soon gone');
  await upload(plane, bytes);
  await rm(artifactPath(plane, sha256(bytes)));
  const head = await fetch(`${plane.url}/v1/artifacts/${sha256(bytes)}`, {
    method: 'HEAD',
    headers: { authorization: `Bearer ${plane.token}` },
  });
  expect(head.status).toBe(404);
  expect((await upload(plane, bytes)).status).toBe(201);
});
