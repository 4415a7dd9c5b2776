import type { SourceOf } from '@hamon/contracts';
import { ffmpegInput, type FfmpegInput } from './ffmpeg-input.js';
import { isAtLeast, type FfmpegVersion } from './ffmpeg-version.js';

/**
 * Frames as PPM pictures over a pipe: unlike bare samples each says its size, so that nothing has to be known of a camera
 * before. Messages are wanted at the level "verbose", which tells when the camera's picture changes its size.
 */
export function ffmpegArguments(
  source: SourceOf<'ffmpeg'>,
  version: FfmpegVersion,
  password?: string,
): FfmpegInput {
  const input = ffmpegInput(source, version, password);
  const filters = filtersOf(source);
  return {
    ...input,
    args: [
      ...['-hide_banner', '-nostdin', '-nostats', '-loglevel', 'level+verbose'],
      // Decoding frames side by side holds each back by as many as there are threads.
      ...['-flags', 'low_delay', '-threads', '1'],
      ...input.args,
      ...['-map', '0:v:0', '-an', '-sn', '-dn'],
      ...(filters === '' ? [] : ['-filter_threads', '1', '-vf', filters]),
      // Each frame once, when it comes, whatever its time stamp says.
      ...(isAtLeast(version, 5, 1) ? ['-fps_mode', 'passthrough'] : ['-vsync', 'passthrough']),
      // Encoders have threads too, each of which holds a frame back.
      ...[
        '-threads',
        '1',
        '-c:v',
        'ppm',
        '-pix_fmt',
        'rgb24',
        '-f',
        'image2pipe',
        '-flush_packets',
        '1',
        'pipe:1',
      ],
    ],
  };
}

function filtersOf({ crop, width, height, pattern }: SourceOf<'ffmpeg'>): string {
  const isMadeSo = pattern !== undefined && !crop;
  return [
    ...(crop ? [`crop=${crop.width}:${crop.height}:${crop.x}:${crop.y}:exact=1`] : []),
    ...(width !== undefined && height !== undefined && !isMadeSo
      ? [`scale=${width}:${height}:flags=bilinear`]
      : []),
  ].join(',');
}

const SOURCE_SIZE = /\bw:(\d{1,6}) h:(\d{1,6}) pixfmt:/;

/** The size of the camera's picture, in the line that tells what is put into the filters. */
export function sourceSize(line: string): { readonly width: number; readonly height: number } | undefined {
  const [, width, height] = SOURCE_SIZE.exec(line) ?? [];
  return width === undefined ? undefined : { width: Number(width), height: Number(height) };
}
