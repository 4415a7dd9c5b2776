import { readFileSync } from 'node:fs';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { encodeJpeg } from '@hamon/inference';
import {
  encodeVideo,
  needing,
  numberedPicture,
  RtspServer,
  temporaryFolder,
  whyNoFfmpeg,
  whyNoRtspServer,
} from '@hamon/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { OpenedSource } from './support/opened-source.js';
import { childrenOf, processes } from './support/processes.js';

const PASSWORD = "s3cret p%w'd";
const RATE = { framesPerSecond: 25 };

let folder: string;
let server: RtspServer | undefined;
let opened: OpenedSource | undefined;
const file = (name: string): string => join(folder, name);

const serve = async (options: Parameters<typeof RtspServer.start>[0]): Promise<RtspServer> =>
  (server = await RtspServer.start(options));
const open = (...args: ConstructorParameters<typeof OpenedSource>): OpenedSource =>
  (opened = new OpenedSource(...args));
const camera = (url: string, rest: object = {}): object => ({ kind: 'ffmpeg', url, ...rest });

afterEach(async () => {
  await opened?.stop();
  opened = undefined;
  await server?.kill();
  server = undefined;
});

needing(
  describe,
  whyNoFfmpeg,
  whyNoRtspServer,
)('a network camera', () => {
  const locked = { user: 'cam', password: PASSWORD };
  const login = { user: 'cam', password: { secret: 'cam' } };
  const secrets = { cam: PASSWORD };

  beforeAll(async () => {
    folder = await temporaryFolder();
    await encodeVideo(file('wide.h264'), { width: 320, height: 180, frames: 75, ...RATE });
    await encodeVideo(file('high.h264'), { width: 240, height: 240, frames: 250, ...RATE });
    await encodeVideo(file('wide.h265'), { width: 320, height: 180, frames: 50, ...RATE, codec: 'h265' });
    const [wide, high] = ['wide.h264', 'high.h264'].map((name) => readFileSync(file(name)));
    await writeFile(file('both.h264'), Buffer.concat([wide!, high!]));
    const still = { width: 320, height: 180, frames: 50, ...RATE, keyframeEvery: 1 };
    await encodeVideo(file('same.h264'), { ...still, picture: () => numberedPicture(320, 180, 7) });
    await encodeVideo(file('black.h264'), { ...still, picture: () => new Uint8Array(320 * 180) });
  });

  it.each([
    ['TCP', 'Basic', { transport: 'tcp' }, false],
    ['UDP', 'Digest', { transport: 'udp' }, true],
  ])('over %s with a password by %s, which nobody gets to see', async (_, _scheme, transport, digest) => {
    const { url } = await serve({
      ...locked,
      digest,
      streams: { '/live': { file: file('wide.h264'), ...RATE } },
    }).then((rtsp) => ({ url: rtsp.url('/live') }));
    const source = open(camera(url, { ...login, ...transport }), { secrets });
    const numbers = (await source.frames(20)).map(({ number }) => number!);
    expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
    const [ffmpeg] = childrenOf(process.pid).filter(({ command }) => command.includes('ffmpeg'));
    const hidden = [PASSWORD, encodeURIComponent(PASSWORD), 's3cret'];
    for (const secret of hidden) {
      expect(
        processes().filter(({ pid, command }) => pid !== server!.pid && command.includes(secret)),
      ).toEqual([]);
      expect(readFileSync(`/proc/${ffmpeg!.pid}/environ`, 'utf8')).not.toContain(secret);
    }
    await source.stop();
    for (const secret of hidden) expect(source.told).not.toContain(secret);
  });

  it('says that it refuses the password, and does not try it again and again', async () => {
    const rtsp = await serve({ ...locked, streams: { '/live': { file: file('wide.h264'), ...RATE } } });
    const source = open(camera(rtsp.url('/live'), login), { secrets: { cam: 'wrong one' } });
    expect(await source.failing()).toBe(
      `rtsp://127.0.0.1:${rtsp.port} refuses user or password (401): correct "user" or the secret of "password"`,
    );
    expect(source.trouble('source-unreadable')).toContain('(401)');
    expect(source.events).toHaveLength(1);
    expect(source.told).not.toContain('wrong one');
    expect(source.told).not.toContain('wrong%20one');
  });

  it('says that it has no such stream', async () => {
    const rtsp = await serve({ streams: { '/live': { file: file('wide.h264'), ...RATE } } });
    expect(await open(camera(rtsp.url('/other')))!.failing()).toContain('no such stream (404)');
  });

  it('says which secret is missing', async () => {
    expect(await open(camera('rtsp://127.0.0.1:9/live', { ...login }))!.failing()).toMatch(
      /refuses the connection|secret "cam" is missing/,
    );
  });

  it('is found again when it is back, on another codec and of another size', async () => {
    const rtsp = await serve({ streams: { '/live': { file: file('wide.h264'), ...RATE } } });
    const source = open(camera(rtsp.url('/live')));
    expect(await source.frame()).toMatchObject({ width: 320, height: 180, channels: 3 });
    await rtsp.kill();
    await source.until('it is missed', () => source.trouble('source-unreadable') !== undefined);
    await rtsp.start({ '/live': { file: file('wide.h265'), ...RATE, codec: 'h265' } });
    expect((await source.frames(10)).at(-1)!.number).toBeDefined();
    expect(source.trouble('source-unreadable')).toBeUndefined();
    expect(source.state).toMatchObject({ state: 'running', width: 320, height: 180 });
    expect(source.state.restarts).toBeGreaterThan(0);
  });

  it('changes the size of its picture midway', async () => {
    const rtsp = await serve({ streams: { '/live': { file: file('both.h264'), ...RATE } } });
    const source = open(camera(rtsp.url('/live')));
    expect(await source.frame()).toMatchObject({ width: 320, height: 180 });
    let frame = await source.frame();
    while (frame.width === 320) frame = await source.frame();
    expect(frame).toMatchObject({ width: 240, height: 240 });
    expect(source.log).toContain('is 240×240 now');
  });

  it('is scaled to the size that is asked for, whatever it sends', async () => {
    const rtsp = await serve({ streams: { '/live': { file: file('both.h264'), ...RATE } } });
    const source = open(camera(rtsp.url('/live'), { width: 96, height: 64 }));
    const frames = await source.frames(100);
    expect(new Set(frames.map(({ width, height }) => `${width}x${height}`))).toEqual(new Set(['96x64']));
    expect(source.state.restarts).toBe(0);
  });

  it('is begun anew when nothing comes over its connection', async () => {
    const rtsp = await serve({ streams: { '/live': { file: file('wide.h264'), ...RATE } } });
    const source = open(camera(rtsp.url('/live'), { stallSeconds: 1 }));
    await source.frame();
    rtsp.stall('/live');
    expect(await source.failing()).toContain('no frame has come for 1 s');
    rtsp.resume('/live');
    const { frames } = source.state;
    await source.until('frames come again', () => source.state.frames > frames + 10);
    expect(source.state.state).toBe('running');
  });

  it('sends the very same frame for ever', async () => {
    const rtsp = await serve({ streams: { '/live': { file: file('same.h264'), ...RATE } } });
    const source = open(camera(rtsp.url('/live'), { frozenSeconds: 2 }));
    await source.until('it is told', () => source.trouble('picture-frozen') !== undefined);
    expect(source.trouble('picture-frozen')).toContain('the very same frame comes for');
    expect(source.trouble('picture-black')).toBeUndefined();
  });

  it('sends a black picture, until its lamp is on again', async () => {
    const rtsp = await serve({ streams: { '/live': { file: file('black.h264'), ...RATE } } });
    const source = open(camera(rtsp.url('/live'), { frozenSeconds: 0, blackSeconds: 2 }));
    await source.until('it is told', () => source.trouble('picture-black') !== undefined);
    await rtsp.kill();
    await rtsp.start({ '/live': { file: file('wide.h264'), ...RATE } });
    await source.until('it is over', () => source.conditions.list().length === 0);
  });
});

describe('a camera that is not there', () => {
  it('refuses the connection', async () => {
    expect(await open(camera('rtsp://127.0.0.1:9/live'))!.failing()).toBe(
      'rtsp://127.0.0.1:9 refuses the connection: is the camera on, is the port right?',
    );
  });

  needing(it, whyNoFfmpeg)('has a name that nobody knows', async () => {
    expect(await open(camera('rtsp://no-such-camera.invalid/live'))!.failing()).toContain(
      'the name of rtsp://no-such-camera.invalid is not known',
    );
  });

  needing(it, whyNoFfmpeg)('is not plugged in', async () => {
    expect(await open({ kind: 'ffmpeg', device: '/dev/video63' })!.failing()).toBe(
      'there is no /dev/video63: is the camera plugged in?',
    );
  });
});

describe('the machine’s ffmpeg', () => {
  it('is not installed', async () => {
    const path = await temporaryFolder();
    expect(await open({ kind: 'ffmpeg', pattern: 'testsrc2' }, { path })!.failing()).toBe(
      'there is no ffmpeg on this machine: apt-get install ffmpeg',
    );
  });

  it('is too old, until it is updated', async () => {
    const path = await temporaryFolder();
    await fakeFfmpeg(path, 'echo ffmpeg version 2.8.17-0ubuntu0.1 Copyright');
    const source = open({ kind: 'ffmpeg', pattern: 'testsrc2' }, { path });
    expect(await source.failing()).toContain('is ffmpeg 2.8, which is too old: install 4.3 or newer');
    await fakeFfmpeg(
      path,
      '[ "$1" = -version ] && echo ffmpeg version 6.1 || printf "P5\\n8 8\\n255\\n%064d" 1',
    );
    await source.frame();
  });

  it('loses a device: the frame that did not come whole is dropped, and the device named', async () => {
    const path = await temporaryFolder();
    // As ffmpeg 5.1 ends when a USB camera is pulled out; machines that run tests have none.
    const half = 'printf "P5\\n8 8\\n255\\n%064d%s" 1 "P5 8 8 255 half a frame"';
    const gone = 'echo "[video4linux2,v4l2 @ 0x5] [error] ioctl(VIDIOC_DQBUF): No such device" >&2; exit 1';
    await fakeFfmpeg(
      path,
      `[ "$1" = -version ] && echo ffmpeg version 5.1 || { ${half}; sleep 0.2; ${gone}; }`,
    );
    const source = open({ kind: 'ffmpeg', pattern: 'testsrc2' }, { path });
    const frame = await source.frame();
    expect(frame).toMatchObject({ width: 8, height: 8, channels: 1 });
    expect(await source.failing()).toContain('has vanished: was the camera pulled out?');
    expect(source.state.detail).toContain('bytes of a frame that did not come whole were dropped');
    expect(source.state.frames).toBe(1);
  });
});

needing(describe, whyNoFfmpeg)('other origins', () => {
  it('a test picture, at the size that is asked for', async () => {
    const source = open({ kind: 'ffmpeg', pattern: 'testsrc2', width: 200, height: 100 });
    expect(await source.frame()).toMatchObject({ width: 200, height: 100, channels: 3 });
  });

  it('a file, in a loop, a part of its picture', async () => {
    const at = join(await temporaryFolder(), 'a video.mkv');
    await encodeVideo(at, { width: 160, height: 120, frames: 10, ...RATE });
    const crop = { x: 0, y: 0, width: 160, height: 60 };
    const source = open({ kind: 'ffmpeg', file: at, crop });
    const frames = await source.frames(25);
    expect(frames[0]).toMatchObject({ width: 160, height: 60 });
    expect(source.state.restarts).toBe(0);
  });

  it('a file that is no video', async () => {
    const at = join(await temporaryFolder(), 'notes.bin');
    await writeFile(at, Buffer.from(Array.from({ length: 50_000 }, (_, i) => (i * i) % 251)));
    expect(await open({ kind: 'ffmpeg', file: at })!.failing()).toContain('no video that ffmpeg can read');
  });
});

needing(describe, whyNoFfmpeg)('a camera that sends JPEG images over HTTP', () => {
  let http: Server;
  let url: string;

  beforeAll(async () => {
    http = createServer((request, response) => {
      const isKnown =
        request.headers.authorization === `Basic ${Buffer.from(`cam:${PASSWORD}`).toString('base64')}`;
      if (!isKnown) return void response.writeHead(401, { 'www-authenticate': 'Basic realm="cam"' }).end();
      response.writeHead(200, { 'content-type': 'multipart/x-mixed-replace; boundary=frame' });
      let number = 0;
      const timer = setInterval(() => void send(number++), 40);
      response.on('close', () => clearInterval(timer));
      const send = async (n: number): Promise<void> => {
        const jpeg = await encodeJpeg({
          data: numberedPicture(160, 120, n),
          width: 160,
          height: 120,
          channels: 1,
        });
        response.write(`--frame\r\nContent-Type: image/jpeg\r\nContent-Length: ${jpeg.length}\r\n\r\n`);
        response.write(jpeg);
        response.write('\r\n');
      };
    });
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(http.address() as AddressInfo).port}/video.mjpg`;
  });
  afterAll(() => {
    http.closeAllConnections();
    http.close();
  });

  it('gives its frames', async () => {
    const source = open(camera(url, { user: 'cam', password: { secret: 'cam' } }), {
      secrets: { cam: PASSWORD },
    });
    const [first, last] = [await source.frame(), (await source.frames(5)).at(-1)!];
    expect(first).toMatchObject({ width: 160, height: 120 });
    expect(last.number).toBeGreaterThan(first.number!);
  });

  it('refuses who has no password', async () => {
    expect(await open(camera(url))!.failing()).toContain('(401)');
  });
});

async function fakeFfmpeg(folder: string, script: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const path = join(folder, 'ffmpeg');
  await writeFile(path, `#!/bin/sh\n${script}\n`);
  await chmod(path, 0o755);
}
