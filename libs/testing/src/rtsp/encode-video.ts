import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { numberedPicture } from './numbered-picture.js';

const FFMPEG = '/usr/bin/ffmpeg';

/** What a skipped test says; undefined where ffmpeg is there. */
export const whyNoFfmpeg = existsSync(FFMPEG)
  ? undefined
  : `there is no ${FFMPEG}; install Debian's package "ffmpeg"`;

export interface VideoOptions {
  readonly width: number;
  readonly height: number;
  readonly frames: number;
  readonly framesPerSecond: number;
  readonly codec?: 'h264' | 'h265';
  /** Frames from one that stands for itself to the next. */
  readonly keyframeEvery?: number;
  /** Each picture, 8-bit grey; without it the frames are numbered. */
  readonly picture?: (number: number) => Uint8Array;
}

/** Frames → an elementary stream, or a Matroska file, as cameras encode it: no frame waits for a later one. */
export async function encodeVideo(file: string, options: VideoOptions): Promise<void> {
  const { width, height, frames, framesPerSecond, codec = 'h264', keyframeEvery = 25 } = options;
  const picture = options.picture ?? ((number) => numberedPicture(width, height, number));
  const quick = ['-preset', 'ultrafast', '-tune', 'zerolatency', '-g', String(keyframeEvery)];
  const encoder =
    codec === 'h264'
      ? ['-c:v', 'libx264', ...quick, '-x264-params', 'sliced-threads=0:scenecut=0', '-qp', '24']
      : ['-c:v', 'libx265', ...quick, '-x265-params', 'log-level=error', '-qp', '24'];
  const elementary = codec === 'h264' ? 'h264' : 'hevc';
  const form = file.endsWith('.mkv') ? 'matroska' : elementary;
  const child = spawn(
    FFMPEG,
    [
      ...['-hide_banner', '-loglevel', 'error', '-y', '-f', 'rawvideo', '-pix_fmt', 'gray'],
      ...['-s', `${width}x${height}`, '-r', String(framesPerSecond), '-i', 'pipe:0'],
      ...[...encoder, '-pix_fmt', 'yuv420p', '-f', form, file],
    ],
    { stdio: ['pipe', 'ignore', 'inherit'] },
  );
  const exit = once(child, 'exit') as Promise<[number | null]>;
  for (let number = 0; number < frames; number += 1) {
    if (!child.stdin.write(picture(number))) await once(child.stdin, 'drain');
  }
  child.stdin.end();
  const [code] = await exit;
  if (code !== 0) throw new Error(`ffmpeg ended with code ${code}`);
}
