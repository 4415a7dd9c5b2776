import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { waitFor } from '../wait.js';
import { openUdpPair, type UdpPair } from './udp-pair.js';

export interface CameraFeedOptions {
  readonly name: string;
  /** Shown one after the other, in a loop. */
  readonly images: readonly string[];
  readonly framesPerSecond: number;
  /** For its own files. */
  readonly folder: string;
  readonly onUnexpectedExit: (message: string) => void;
  readonly signal: AbortSignal;
}

/** RTP: 0, its reports: 1. */
export type FeedListener = (channel: 0 | 1, packet: Uint8Array) => void;

const SIDE = 384;
const STDERR_TAIL = 1000;

/** What a camera sees: images that ffmpeg encodes as H.264 and sends as RTP to this process, at the camera's pace. */
export class CameraFeed {
  private readonly listeners = new Set<FeedListener>();
  private stderr = '';
  private isStopping = false;

  private constructor(
    /** What it sends, in the Session Description Protocol. */
    readonly sdp: string,
    private readonly ports: UdpPair,
    private readonly ffmpeg: ChildProcess,
    { name, onUnexpectedExit }: CameraFeedOptions,
  ) {
    ports.rtp.on('message', (packet) => this.tell(0, packet));
    ports.rtcp.on('message', (packet) => this.tell(1, packet));
    ffmpeg.stderr?.on('data', (piece: Buffer) => {
      this.stderr = (this.stderr + piece.toString('utf8')).slice(-STDERR_TAIL);
    });
    process.once('exit', this.kill);
    ffmpeg.once('exit', (code) => {
      process.off('exit', this.kill);
      if (!this.isStopping) onUnexpectedExit(`the ffmpeg of camera ${name} ended (${code}): ${this.stderr}`);
    });
  }

  static async start(options: CameraFeedOptions): Promise<CameraFeed> {
    const { name, images, folder, signal } = options;
    const pictures = join(folder, name);
    await mkdir(pictures, { recursive: true });
    // ffmpeg plays what is numbered.
    for (const [i, image] of images.entries()) await symlink(image, join(pictures, numbered(i, image)));
    const ports = await openUdpPair();
    const description = join(folder, `${name}.sdp`);
    const ffmpeg = spawn('ffmpeg', ffmpegArguments(options, pictures, ports.port, description), {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const sdp = await waitFor(
      `the picture of camera ${name}`,
      async () => {
        if (ffmpeg.exitCode !== null) throw new Error(await complaint(ffmpeg));
        const text = await readFile(description, 'utf8').catch(() => '');
        return text.includes('a=rtpmap') && text.endsWith('\n') ? text : undefined;
      },
      { timeoutMs: 20_000, signal },
    ).catch((cause: unknown) => {
      ffmpeg.kill('SIGKILL');
      ports.close();
      throw cause;
    });
    return new CameraFeed(sdpForClients(sdp), ports, ffmpeg, options);
  }

  listen(listener: FeedListener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  async stop(): Promise<void> {
    if (this.isStopping) return;
    this.isStopping = true;
    if (this.ffmpeg.exitCode === null && this.ffmpeg.signalCode === null) {
      const gone = once(this.ffmpeg, 'exit');
      this.ffmpeg.kill('SIGKILL');
      await gone;
    }
    this.ports.close();
  }

  private readonly kill = (): void => void this.ffmpeg.kill('SIGKILL');

  private tell(channel: 0 | 1, packet: Uint8Array): void {
    for (const listener of this.listeners) listener(channel, packet);
  }
}

const numbered = (i: number, image: string): string =>
  `${String(i).padStart(5, '0')}${image.slice(image.lastIndexOf('.')).toLowerCase()}`;

function ffmpegArguments(
  { images, framesPerSecond }: CameraFeedOptions,
  pictures: string,
  port: number,
  description: string,
): string[] {
  const suffix = numbered(0, images[0] ?? '.png').slice(5);
  const rate = String(framesPerSecond);
  return [
    ...['-nostdin', '-v', 'error', '-re', '-f', 'image2', '-loop', '1', '-framerate', rate],
    ...['-i', join(pictures, `%05d${suffix}`), '-an', '-vf', `scale=${SIDE}:${SIDE},format=yuv420p`],
    // Each second a picture that needs no other, with all that a client which joins then has to know.
    ...['-c:v', 'libx264', '-preset', 'ultrafast', '-tune', 'zerolatency', '-crf', '16', '-g', rate],
    ...['-flags', '+global_header', '-bsf:v', 'dump_extra=freq=keyframe'],
    ...['-f', 'rtp', '-payload_type', '96', '-sdp_file', description],
    `rtp://127.0.0.1:${port}?rtcpport=${port + 1}&pkt_size=1200`,
  ];
}

/** A client learns its ports when it asks for the track. */
const sdpForClients = (sdp: string): string =>
  `${sdp
    .replace(/^SDP:\r?\n/, '')
    .split(/\r?\n/)
    .filter((line) => line !== '')
    .map((line) => line.replace(/^c=IN IP4 .*$/, 'c=IN IP4 0.0.0.0').replace(/^m=video \d+ /, 'm=video 0 '))
    .join('\r\n')}\r\na=control:track\r\n`;

async function complaint(ffmpeg: ChildProcess): Promise<string> {
  let text = '';
  for await (const piece of ffmpeg.stderr ?? []) text = (text + String(piece)).slice(-STDERR_TAIL);
  const isWithoutH264 = /Unknown encoder 'libx264'/.test(text);
  return isWithoutH264
    ? '--cameras needs an ffmpeg that encodes H.264 (libx264), as those of distributions do'
    : `ffmpeg cannot play the images: ${text.trim()}`;
}
