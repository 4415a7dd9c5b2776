import type { SourceOf } from '@hamon/contracts';
import { percentEncoded } from '../../../secret-forms.js';
import { concatList } from './concat-list.js';
import { isAtLeast, type FfmpegVersion } from './ffmpeg-version.js';

/** How ffmpeg is told where its frames come from. */
export interface FfmpegInput {
  readonly args: readonly string[];
  /** What it reads on its standard input. */
  readonly list?: string;
}

/** A broken address or a hanging camera is noticed by ffmpeg itself after so long; the watch for silence is quicker. */
const SOCKET_TIMEOUT_US = 10_000_000;
/** How long packets that came out of order are waited for. */
const REORDER_US = 200_000;
/** A test picture's, where none is asked for. */
const PATTERN = { width: 640, height: 480, framesPerSecond: 25 };

/** Only what the address itself needs: a playlist or a redirection leads to no file and no other protocol. */
const PROTOCOLS = {
  rtsp: 'pipe,rtsp,rtsps,rtp,srtp,udp,tcp,tls',
  http: 'pipe,http,https,tcp,tls,crypto',
  file: 'file,pipe',
};

export function ffmpegInput(
  source: SourceOf<'ffmpeg'>,
  version: FfmpegVersion,
  password?: string,
): FfmpegInput {
  const { url, device, file, pattern } = source;
  if (url !== undefined) return networkInput({ ...source, url }, version, password);
  if (device !== undefined) return { args: ['-f', 'v4l2', ...QUICK, '-i', device] };
  if (file !== undefined) {
    const path = file.startsWith('/') ? `file:${file}` : `file:./${file}`;
    return { args: ['-re', '-stream_loop', '-1', '-protocol_whitelist', PROTOCOLS.file, '-i', path] };
  }
  return { args: ['-re', '-f', 'lavfi', '-i', patternGraph(pattern ?? 'testsrc2', source)] };
}

/** The rate of frames is nobody's concern here, and to measure it takes twenty of them. */
const QUICK = ['-fpsprobesize', '0'];

/**
 * The address goes over standard input, in a list of one: the arguments of a process are there for everybody of the machine
 * to read, and with them its user and password.
 */
function networkInput(
  source: SourceOf<'ffmpeg'> & { readonly url: string },
  version: FfmpegVersion,
  password?: string,
): FfmpegInput {
  const { url, user, transport } = source;
  const isRtsp = /^rtsps?:/i.test(url);
  const hasOptions = isAtLeast(version, 5, 0);
  const options: [string, string][] = [
    ['fpsprobesize', '0'],
    ['timeout', String(SOCKET_TIMEOUT_US)],
    ...(isRtsp ? ([['rtsp_transport', transport]] as [string, string][]) : []),
    ...(isRtsp && transport === 'udp' ? ([['max_delay', String(REORDER_US)]] as [string, string][]) : []),
  ];
  // Before 5.0 a list has no options; RTSP takes its transport from the address as well.
  const address = isRtsp && !hasOptions ? `${url}${url.includes('?') ? '&' : '?'}${transport}` : url;
  return {
    args: [
      ...['-f', 'concat', '-safe', '0', '-auto_convert', '0', ...QUICK],
      ...['-protocol_whitelist', isRtsp ? PROTOCOLS.rtsp : PROTOCOLS.http, '-i', 'pipe:0'],
    ],
    list: concatList(withUser(address, user, password), hasOptions ? options : []),
  };
}

function withUser(url: string, user: string | undefined, password: string | undefined): string {
  if (user === undefined) return url;
  const account =
    password === undefined ? percentEncoded(user) : `${percentEncoded(user)}:${percentEncoded(password)}`;
  return url.replace('://', `://${account}@`);
}

function patternGraph(pattern: string, { width, height }: SourceOf<'ffmpeg'>): string {
  const size = `size=${width ?? PATTERN.width}x${height ?? PATTERN.height}:rate=${PATTERN.framesPerSecond}`;
  return pattern === 'black' ? `color=c=black:${size}` : `${pattern}=${size}`;
}
