import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readConfig } from '../src/config.js';
import { streamsOf } from '@hamon/contracts';
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

  it('has streams, of which source and sinks at the top are one', async () => {
    const config = await read(
      JSON.stringify({
        sinks: [{ kind: 'mqtt' }],
        streams: [
          { name: 'top', model: 'spots', source: { kind: 'directory', path: 'top' }, framesPerSecond: 5 },
          { name: 'side', source: { kind: 'directory', path: '/side', framesPerSecond: 20 } },
          { name: 'asked', model: 'spots' },
        ],
      }),
    );
    expect(streamsOf(config)).toMatchObject([
      { name: 'main', source: { kind: 'http' }, sinks: [{ kind: 'mqtt' }] },
      { name: 'top', model: 'spots', source: { path: join(folder.path, 'top'), framesPerSecond: 5 } },
      { name: 'side', source: { path: '/side', framesPerSecond: 20 }, sinks: [] },
      { name: 'asked', model: 'spots', source: { kind: 'http' } },
    ]);
    // Nothing comes to it and nothing goes out of it, where other streams are named.
    const { streams } = await read('{"streams":[{"name":"main","model":"spots"}]}');
    expect(streams.map(({ name }) => name)).toEqual(['main']);
  });

  it.each([
    ['{', /config\.json: /],
    ['{"sauce":{}}', /Unrecognized key: "sauce"/],
    ['{"source":{"kind":"directory"}}', /source\.path: /],
    ['{"http":{"port":70000}}', /http\.port: /],
    [
      '{"streams":[{"name":"a","source":{"kind":"ffmpeg","url":"rtsp://u:p@camera/1"}}]}',
      /streams\.0\.source\.url: must not hold a user name or password/,
    ],
    [
      '{"streams":[{"name":"a","source":{"kind":"ffmpeg","url":"rtsp://camera/1","user":"u","password":"p"}}]}',
      /streams\.0\.source\.password: must be \{"secret": NAME\}/,
    ],
    [
      '{"streams":[{"name":"a","source":{"kind":"ffmpeg","url":"rtsp://camera/1","pattern":"testsrc"}}]}',
      /streams\.0\.source\.url: must be the only one of url, device, file and pattern; there are 2/,
    ],
    [
      '{"streams":[{"name":"a","source":{"kind":"ffmpeg","url":"file:///etc/passwd"}}]}',
      /streams\.0\.source\.url: must be an address that begins with rtsp:\/\/ or/,
    ],
    [
      '{"streams":[{"name":"a","from":{"stream":"b"}},{"name":"b","from":{"stream":"a"}}]}',
      /streams\.0\.from\.stream: "a" would wait for its own answers/,
    ],
    ['{"streams":[{"name":"a","from":{"stream":"c"}}]}', /streams\.0\.from\.stream: there is no stream "c"/],
    [
      '{"streams":[{"name":"a","from":{"stream":"main"},"region":{"x":0,"y":0,"width":9,"height":9}}]}',
      /streams\.0\.region: is of a source/,
    ],
    [
      '{"streams":[{"name":"a","source":{"kind":"drop-folder","path":"x"},"trigger":{"kind":"http"}}]}',
      /streams\.0\.trigger: takes the newest frame of directory, ffmpeg, command; "drop-folder" has none/,
    ],
    ['{"mqttUrl":"http://x"}', /mqttUrl: must be mqtt:/],
    ['{"limits":{"chunkAttempts":0}}', /limits\.chunkAttempts: /],
    ['{"streams":[{"name":"A"}]}', /streams\.0\.name: stream must be 1-64 of a-z/],
    ['{"streams":[{"name":"a","modle":"m"}]}', /streams\.0: .*"modle"/],
    [
      '{"streams":[{"name":"a","framesPerSecond":5}]}',
      /streams\.0\.framesPerSecond: is of directory, ffmpeg, command, not of "http"/,
    ],
    [
      '{"streams":[{"name":"a"},{"name":"a","model":"m"}]}',
      /streams\.1\.name: "a" is the name of streams\.0 too/,
    ],
    [
      '{"sinks":[{"kind":"mqtt"}],"streams":[{"name":"main","model":"m"}]}',
      /streams\.0\.name: "main" is the name of the stream of source and sinks at the top too/,
    ],
    [
      '{"streams":[{"name":"a","model":"m"},{"name":"b","model":"m"}]}',
      /streams\.1\.source: streams\.0 takes the frames that come by HTTP for the same model/,
    ],
    [
      '{"sinks":[{"kind":"jsonl","path":"r"}],"streams":[{"name":"a","model":"m","sinks":[{"kind":"jsonl","path":"r","maxBytes":5000}]}]}',
      /streams\.0\.sinks\.0\.maxBytes: is 16777216 for the same file in sinks\.0/,
    ],
    [
      '{"streams":[{"name":"a","source":{"kind":"drop-folder","path":"in"}},{"name":"b","source":{"kind":"drop-folder","path":"in","after":"delete"}}]}',
      /streams\.1\.source: must be the same as that of streams\.0, which takes the files of in too/,
    ],
  ])('says what is wrong with %s', async (text, message) => {
    await expect(read(text)).rejects.toMatchObject({
      code: 'config-invalid',
      message: expect.stringMatching(message),
    });
  });

  it('finds two ways of writing one drop folder where they lead', async () => {
    const drops = (path: string, more: object = {}) => ({ kind: 'drop-folder', path, ...more });
    const both = (first: object, second: object) =>
      read(
        JSON.stringify({
          streams: [
            { name: 'a', source: first },
            { name: 'b', source: second },
          ],
        }),
      );
    await expect(
      both(drops('in'), drops(join(folder.path, 'in'), { after: 'delete' })),
    ).rejects.toMatchObject({ message: expect.stringContaining('streams.1.source: must be the same as') });
    await expect(
      both(drops('in', { recursive: true }), drops(join(folder.path, 'in/b'))),
    ).rejects.toMatchObject({
      message: expect.stringContaining('streams.1.source.path: must not lie in the folder of streams.0'),
    });
  });
});
