import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { syntheticImage } from '@hamon/inference';
import { CameraFeed } from '../demo/src/cameras/camera-feed.js';
import { CameraServer } from '../demo/src/cameras/camera-server.js';

const run = promisify(execFile);
const hasFfmpeg = spawnSync('ffmpeg', ['-version']).status === 0;

describe.skipIf(!hasFfmpeg)("the demo's cameras (need ffmpeg)", () => {
  let folder: string;
  let server: CameraServer;
  const deaths: string[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hamon-cameras-'));
    const image = join(folder, 'image.png');
    const form = { layout: 'NCHW', dtype: 'float32', resize: 'stretch', scale: 1 } as const;
    const size = { name: 'image', width: 96, height: 96, channels: 3 as const, mean: [0], std: [1] };
    await writeFile(image, await syntheticImage({ ...form, ...size }, 1));
    const feed = await CameraFeed.start({
      ...{ name: 'belt', images: [image, image], framesPerSecond: 20, folder },
      onUnexpectedExit: (message) => deaths.push(message),
      signal: new AbortController().signal,
    });
    server = await CameraServer.start(new Map([['belt', feed]]));
  });

  afterAll(async () => {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
    expect(deaths).toEqual([]);
  });

  it.each(['tcp', 'udp'])('are pictures to a client over %s', async (transport) => {
    const wanted = ['-rtsp_transport', transport, '-i', server.urlOf('belt'), '-frames:v', '10'];
    const sums = await run('ffmpeg', ['-nostdin', '-v', 'error', ...wanted, '-f', 'framecrc', '-']);
    expect(sums.stdout).toContain('#dimensions 0: 384x384');
    expect(sums.stdout.split('\n').filter((line) => line.startsWith('0,'))).toHaveLength(10);
  });

  it('serve several clients at once, one of which leaves without a word', async () => {
    const one = ['-rtsp_transport', 'tcp', '-i', server.urlOf('belt'), '-frames:v', '5', '-f', 'null', '-'];
    const leaving = connect(Number(new URL(server.urlOf('belt')).port), '127.0.0.1');
    leaving.write(
      `SETUP ${server.urlOf('belt')}/track RTSP/1.0\r\nCSeq: 1\r\nTransport: RTP/AVP/TCP;interleaved=0-1\r\n\r\n`,
    );
    leaving.write(`PLAY ${server.urlOf('belt')} RTSP/1.0\r\nCSeq: 2\r\n\r\n`);
    await new Promise((resolve) => leaving.once('data', resolve));
    leaving.destroy();
    const ffmpeg = (): Promise<unknown> => run('ffmpeg', ['-nostdin', '-v', 'error', ...one]);
    await Promise.all([ffmpeg(), ffmpeg(), ffmpeg()]);
  });

  it.each([
    ['OPTIONS', '/belt', '', /^RTSP\/1\.0 200 OK\r\nCSeq: 7\r\n[^]*Public: OPTIONS, DESCRIBE, SETUP/],
    [
      'DESCRIBE',
      '/belt',
      '',
      /Content-Type: application\/sdp\r\n[^]*m=video 0 RTP\/AVP 96\r\n[^]*a=control:track\r\n$/,
    ],
    ['DESCRIBE', '/other', '', /^RTSP\/1\.0 404 /],
    ['SETUP', '/belt/track', 'Transport: RTP/AVP;multicast', /^RTSP\/1\.0 461 /],
    ['PLAY', '/belt', '', /^RTSP\/1\.0 455 /],
    ['GET_PARAMETER', '/belt', '', /^RTSP\/1\.0 200 OK\r\n[^]*Session: [0-9a-f]{16};timeout=60/],
    ['RECORD', '/belt', '', /^RTSP\/1\.0 405 /],
    ['nonsense', '/belt', '', /^RTSP\/1\.0 400 /],
  ])('answer %s %s %s', async (method, path, header, expected) => {
    const url = server.urlOf('belt').replace('/belt', path);
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    const lines = [`${method} ${url} RTSP/1.0`, 'CSeq: 7', ...(header === '' ? [] : [header]), '', ''];
    socket.write(lines.join('\r\n'));
    const [answer] = await new Promise<[Buffer]>((resolve) => socket.once('data', (data) => resolve([data])));
    socket.destroy();
    expect(answer.toString()).toMatch(expected);
  });
});
