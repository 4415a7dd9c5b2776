import type { Place } from './reach.js';

const PORTS: Readonly<Record<string, { readonly port: number; readonly tls: boolean }>> = {
  'http:': { port: 80, tls: false },
  'https:': { port: 443, tls: true },
  'mqtt:': { port: 1883, tls: false },
  'tcp:': { port: 1883, tls: false },
  'mqtts:': { port: 8883, tls: true },
  'ssl:': { port: 8883, tls: true },
  'rtsp:': { port: 554, tls: false },
  'rtsps:': { port: 322, tls: true },
};

export function placeOfUrl(url: string): Place {
  const { protocol, hostname, port } = new URL(url);
  const usual = PORTS[protocol] ?? { port: 0, tls: false };
  return { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port) || usual.port, tls: usual.tls };
}
