import { join } from 'node:path';
import type { SinkOf } from '@hamon/contracts';
import { isLoopback } from '../../../adapters/is-loopback.js';
import type { SinkParts } from '../sink-parts.js';
import { OpcuaSink } from './opcua-sink.js';

/** Without what is each stream's own. */
export const opcuaPlace = ({ when: _when, holdMs: _holdMs, ...config }: SinkOf<'opcua'>): string =>
  JSON.stringify(config);

export function openOpcua(config: SinkOf<'opcua'>, parts: SinkParts): OpcuaSink {
  const { host, port, user, password, insecure } = config;
  const { device, stateFolder, secrets } = parts;
  return new OpcuaSink({
    ...parts,
    order: async () => ({
      ...{ kind: 'serve', host, port, device, folder: join(stateFolder, 'opcua') },
      isPlainAllowed: insecure || isLoopback(host),
      ...(user !== undefined && password && { login: { user, password: await secrets.resolve(password) } }),
    }),
  });
}
