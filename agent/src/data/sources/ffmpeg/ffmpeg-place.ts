import type { SourceOf } from '@hamon/contracts';

/** What people know a source by; of an address nothing but its host, because some cameras take their password in the path. */
export function ffmpegPlace({ url, device, file, pattern }: SourceOf<'ffmpeg'>): string {
  if (url !== undefined) return `${new URL(url).protocol}//${new URL(url).host}`;
  return device ?? file ?? `the test picture "${pattern ?? ''}"`;
}

const PORTS: Readonly<Record<string, number>> = { 'rtsp:': 554, 'rtsps:': 322, 'http:': 80, 'https:': 443 };

export interface NetworkPlace {
  readonly host: string;
  readonly port: number;
  /** May hold a secret. */
  readonly path: string;
}

export function networkPlace(url: string): NetworkPlace {
  const { protocol, hostname, port, pathname, search } = new URL(url);
  return {
    host: hostname.replace(/^\[(.*)\]$/, '$1'),
    port: port === '' ? (PORTS[protocol] ?? 554) : Number(port),
    path: `${pathname}${search}`,
  };
}
