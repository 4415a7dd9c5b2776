import { describe, expect, it } from 'vitest';
import { ffmpegFault } from '../../../src/data/sources/ffmpeg/ffmpeg-faults.js';
import { reachFault } from '../../../src/data/sources/ffmpeg/reach-fault.js';
import { openingMs } from '../../../src/data/sources/program/patience.js';
import { waitAfter } from '../../../src/data/sources/program/fault.js';
import { scrub } from '../../../src/data/sources/program/scrub.js';

const CAMERA = 'rtsp://192.0.2.7';
const fault = (...lines: string[]) => ffmpegFault(lines, CAMERA, 'ended with code 1');

describe('why ffmpeg ended', () => {
  // Lines of ffmpeg 5.1.
  it.each([
    ['[rtsp @ 0x5] [error] method DESCRIBE failed: 401 Unauthorized', 'refused', 'user or password'],
    ['[http @ 0x5] [warning] HTTP error 403 Forbidden', 'refused', '403'],
    ['[rtsp @ 0x5] [error] method DESCRIBE failed: 404 Not Found', 'broken', 'no such stream'],
    ['[rtsp @ 0x5] [error] method SETUP failed: 461 Unsupported transport', 'broken', 'transport'],
    [
      '[tcp @ 0x5] [error] Failed to resolve hostname cam.example: Name or service not known',
      'absent',
      'name',
    ],
    [
      '[tcp @ 0x5] [error] Connection to tcp://192.0.2.7:554?timeout=0 failed: Connection refused',
      'absent',
      'refuses the connection',
    ],
    [
      '[tcp @ 0x5] [error] Connection to tcp://192.0.2.7:554 failed: No route to host',
      'absent',
      'cannot be reached',
    ],
    ['[error] pipe:0: Connection timed out', 'absent', 'in time'],
    ["[rtsp @ 0x5] [error] Protocol 'file' not on whitelist 'rtsp,tcp'!", 'broken', 'another kind'],
    [
      '[video4linux2,v4l2 @ 0x5] [error] Cannot open video device /dev/video0: No such file or directory',
      'absent',
      'plugged in',
    ],
    [
      '[video4linux2,v4l2 @ 0x5] [error] Cannot open video device /dev/video0: Permission denied',
      'broken',
      'group "video"',
    ],
    [
      '[video4linux2,v4l2 @ 0x5] [error] Cannot open video device /dev/video0: Device or resource busy',
      'absent',
      'in use',
    ],
    ['[video4linux2,v4l2 @ 0x5] [error] ioctl(VIDIOC_DQBUF): No such device', 'absent', 'vanished'],
    ["[fatal] Unrecognized option 'fps_mode'.", 'broken', 'too old'],
    ['[error] Decoder (codec av1) not found for input stream #0:0', 'broken', 'codec'],
    ["[fatal] Stream map '0:v:0' matches no streams.", 'broken', 'no video'],
    ['[error] pipe:0: Invalid data found when processing input', 'broken', 'no video that'],
    ['[http @ 0x5] [warning] HTTP error 503 Service Unavailable', 'absent', '5xx'],
  ])('%s', (line, kind, says) => {
    const found = fault('[info] Input #0', line, '[error] pipe:0: Input/output error');
    expect(found.kind).toBe(kind);
    expect(found.detail).toContain(says);
    expect(found.detail).not.toContain('\n');
  });

  it('is its last complaint where nothing else is known, or its end', () => {
    expect(fault('[h264 @ 0x5] [error] something new').detail).toBe(`${CAMERA}: something new`);
    expect(fault('[verbose] Connection refused is only a name here').detail).toBe(
      `${CAMERA}: ffmpeg ended with code 1`,
    );
  });

  it('is a connection that does not come about, before ffmpeg is started', () => {
    expect(reachFault('ECONNREFUSED', CAMERA).detail).toContain('refuses the connection');
    expect(reachFault('EPROTO', CAMERA).detail).toBe(`${CAMERA} cannot be reached (EPROTO)`);
  });
});

describe('what is shown of a message', () => {
  it('holds no log-in, no query and no secret in any spelling', () => {
    const line = "Impossible to open 'rtsp://cam:s3cret%20pw@192.0.2.7/live?token=abc' with s3cret pw";
    expect(scrub(line, ['s3cret pw'])).toBe("Impossible to open 'rtsp://192.0.2.7/live' with ***");
  });

  it('is left as it is where a secret is too short to be told from a word', () => {
    expect(scrub('a camera', ['a'])).toBe('a camera');
  });
});

describe('how soon it is tried again', () => {
  it('finds a camera within two seconds of its return, and does not get an account locked', () => {
    const waits = (kind: 'absent' | 'refused' | 'broken') =>
      Array.from({ length: 20 }, (_, attempt) => waitAfter({ kind, detail: '' }, attempt, 0.999));
    expect(waits('absent')[0]).toBeLessThan(300);
    expect(Math.max(...waits('absent'))).toBeLessThanOrEqual(2000);
    expect(Math.min(...waits('refused'))).toBeGreaterThan(9000);
    expect(Math.max(...waits('refused'))).toBeGreaterThan(240_000);
    expect(Math.max(...waits('broken'))).toBeLessThanOrEqual(30_000);
  });

  it('gives one that was quick little time at first, then more', () => {
    const of = (attempt: number) => openingMs({ stallMs: 5000, lastOpeningMs: 800 }, attempt);
    expect([0, 1, 2, 3].map(of)).toEqual([3000, 3000, 3000, 3000]);
    expect(of(4)).toBe(6000);
    expect(of(50)).toBe(30_000);
    expect(openingMs({ stallMs: 5000, lastOpeningMs: 6000 }, 0)).toBe(12_000);
    expect(openingMs({ stallMs: 0 }, 0)).toBe(Infinity);
  });
});
