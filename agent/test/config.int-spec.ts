import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readConfig } from '../src/config.js';
import { temporaryFolder } from './support/test-bundles.js';

describe('the configuration', () => {
  let folder: { path: string; remove: () => Promise<void> };
  beforeAll(async () => {
    folder = await temporaryFolder();
  });
  afterAll(() => folder.remove());
  const read = async (text: string) => {
    const file = join(folder.path, 'config.json');
    await writeFile(file, text);
    return readConfig(file);
  };

  it('is local HTTP only without a file', async () => {
    expect(await readConfig(undefined)).toMatchObject({
      source: { kind: 'http' },
      http: { host: '127.0.0.1', port: 7070 },
    });
  });

  it('takes paths as relative to its file', async () => {
    const config = await read(
      '{"source":{"kind":"directory","path":"images"},"sinks":[{"kind":"jsonl","path":"out/r.jsonl"}]}',
    );
    expect(config.source).toMatchObject({
      path: join(folder.path, 'images'),
      framesPerSecond: 10,
      shuffleSeed: 1,
    });
    expect(config.sinks).toMatchObject([{ path: join(folder.path, 'out/r.jsonl') }]);
  });

  it.each([
    ['{', /config\.json: /],
    ['{"sauce":{}}', /Unrecognized key: "sauce"/],
    ['{"source":{"kind":"directory"}}', /source\.path: /],
    ['{"http":{"port":70000}}', /http\.port: /],
    ['{"mqttUrl":"http://x"}', /mqttUrl: must be mqtt:/],
    ['{"limits":{"chunkAttempts":0}}', /limits\.chunkAttempts: /],
  ])('says what is wrong with %s', async (text, message) => {
    await expect(read(text)).rejects.toMatchObject({
      code: 'config-invalid',
      message: expect.stringMatching(message),
    });
  });
});
