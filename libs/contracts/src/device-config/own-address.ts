import type { PlacedStream } from './streams.js';

interface Listening {
  readonly host: string;
  readonly port: number;
}

/** Names and addresses that lead to this machine itself, as an address's `hostname` has them, without brackets. */
const HERE =
  /^((.+\.)?localhost\.?|127(\.\d{1,3}){3}|0\.0\.0\.0|::1?|::ffff:(0:0|7f[0-9a-f]{2}:[0-9a-f]{1,4}))$/;

/** A record that is posted to the agent itself, to a stream's trigger say, makes the next one, without an end. */
export function ownAddressProblems(
  rows: readonly PlacedStream[],
  http: Listening,
): { readonly path: readonly (string | number)[]; readonly message: string }[] {
  return rows.flatMap(({ config, at }) =>
    config.sinks.flatMap((sink, i) => {
      if (sink.kind !== 'webhook' || !leadsTo(http, sink.url)) return [];
      const message = `is where this agent itself listens (http.host, http.port): name another receiver`;
      return [{ path: [...at, 'sinks', i, 'url'], message }];
    }),
  );
}

function leadsTo({ host, port }: Listening, url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, hostname, port: named } = new URL(url);
  const given = named === '' ? { 'http:': 80, 'https:': 443 }[protocol] : Number(named);
  if (given !== port) return false;
  const [name, own] = [withoutBrackets(hostname), withoutBrackets(host)];
  return name === own || (HERE.test(name) && HERE.test(own));
}

const withoutBrackets = (host: string): string => host.replace(/^\[(.*)\]$/, '$1').toLowerCase();
