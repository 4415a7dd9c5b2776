import { SourceConfig, type SourceOf } from '@hamon/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ffmpegArguments, sourceSize } from '../../../src/data/sources/ffmpeg/ffmpeg-arguments.js';
import { ffmpegPlace } from '../../../src/data/sources/ffmpeg/ffmpeg-place.js';
import { ffmpegVersion, isAtLeast } from '../../../src/data/sources/ffmpeg/ffmpeg-version.js';

const DEBIAN_12 = { major: 5, minor: 1 };
const DEBIAN_11 = { major: 4, minor: 3 };

const source = (rest: object): SourceOf<'ffmpeg'> =>
  SourceConfig.parse({ kind: 'ffmpeg', ...rest }) as SourceOf<'ffmpeg'>;
const camera = source({
  url: 'rtsp://192.0.2.7:8554/live?stream=1',
  user: 'cam',
  password: { secret: 'cam' },
});

describe('what ffmpeg is asked for', () => {
  it('holds neither address nor password of a camera, which stand in its list', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 4, unit: 'grapheme' }), (password) => {
        const { args, list } = ffmpegArguments(camera, DEBIAN_12, password);
        expect(args.join(' ')).not.toContain('192.0.2.7');
        const [, address] = /^file '(.*)'$/m.exec(list!)!;
        const url = new URL(address!);
        expect(url.hostname).toBe('192.0.2.7');
        expect(decodeURIComponent(url.password)).toBe(password);
        expect(list!.split('\n').filter((line) => line.startsWith('file'))).toHaveLength(1);
      }),
    );
  });

  it('keeps an address from adding directives to the list', () => {
    const url = "http://192.0.2.7/a'b\\c";
    const { list } = ffmpegArguments({ ...source({ url: 'http://192.0.2.7/a' }), url }, DEBIAN_12);
    expect(list!.split('\n')[1]).toBe("file 'http://192.0.2.7/a'\\''b\\c'");
  });

  it('names the transport as the version takes it', () => {
    expect(ffmpegArguments(camera, DEBIAN_12).list).toContain("option rtsp_transport 'tcp'");
    const former = ffmpegArguments({ ...camera, transport: 'udp' }, DEBIAN_11).list;
    expect(former).not.toContain('option');
    expect(former).toContain('live?stream=1&udp');
  });

  it('passes every frame on once, as the version says it', () => {
    expect(ffmpegArguments(camera, DEBIAN_12).args).toContain('-fps_mode');
    expect(ffmpegArguments(camera, { major: 5, minor: 0 }).args).toContain('-vsync');
  });

  it('leads a camera to no file, and a file to no network', () => {
    const whitelistOf = (config: SourceOf<'ffmpeg'>): string => {
      const { args } = ffmpegArguments(config, DEBIAN_12);
      return args[args.indexOf('-protocol_whitelist') + 1]!;
    };
    expect(whitelistOf(camera)).not.toContain('file');
    expect(whitelistOf(source({ url: 'https://192.0.2.7/live.m3u8' }))).not.toContain('file');
    expect(whitelistOf(source({ file: '/videos/a.mp4' }))).toBe('file,pipe');
  });

  it('takes a file for a file whatever its name says', () => {
    expect(ffmpegArguments(source({ file: 'http:a.mp4' }), DEBIAN_12).args).toContain('file:./http:a.mp4');
  });

  it('cuts before it scales', () => {
    const { args } = ffmpegArguments(
      { ...camera, crop: { x: 10, y: 20, width: 300, height: 200 }, width: 150, height: 100 },
      DEBIAN_12,
    );
    expect(args[args.indexOf('-vf') + 1]).toBe('crop=300:200:10:20:exact=1,scale=150:100:flags=bilinear');
  });

  it('reads a machine’s camera', () => {
    expect(ffmpegArguments(source({ device: '/dev/video0' }), DEBIAN_12).args.join(' ')).toContain(
      '-f v4l2 -fpsprobesize 0 -i /dev/video0',
    );
  });
});

describe('what people know a camera by', () => {
  it('is its host: some take their password in the path', () => {
    expect(ffmpegPlace(source({ url: 'rtsp://192.0.2.7:8554/user=a_password=b' }))).toBe(
      'rtsp://192.0.2.7:8554',
    );
  });
});

describe('the version of ffmpeg', () => {
  it.each([
    ['ffmpeg version 5.1.9-0+deb12u1 Copyright (c) 2000-2026', 5, 1],
    ['ffmpeg version n6.0 Copyright', 6, 0],
    ['ffmpeg version 7.1-static https://johnvansickle.com/ffmpeg/', 7, 1],
    ['ffmpeg version 2.8.17-0ubuntu0.1 Copyright', 2, 8],
  ])('of %j', (text, major, minor) => {
    expect(ffmpegVersion(text)).toEqual({ major, minor });
  });

  it('of a build of the newest sources is new enough', () => {
    expect(isAtLeast(ffmpegVersion('ffmpeg version N-113007-g8d24a28d06 Copyright')!, 7, 0)).toBe(true);
  });

  it('is not there where another program answers', () => {
    expect(ffmpegVersion('avconv version 12.3')).toBeUndefined();
  });
});

describe('the size of a camera’s picture', () => {
  it('is told by the line about what goes into the filters', () => {
    const line =
      '[graph 0 input from stream 0:0 @ 0x55c3d6698e80] [verbose] w:640 h:360 pixfmt:yuv420p tb:1/90000 fr:25/1';
    expect(sourceSize(line)).toEqual({ width: 640, height: 360 });
    expect(sourceSize("[auto_scale_0 @ 0x5] [verbose] w:1280 h:720 flags:'' interl:0")).toBeUndefined();
  });
});
