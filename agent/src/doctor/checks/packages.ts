import { createRequire } from 'node:module';
import { placedRows } from '../placed-rows.js';
import type { Check } from '../check.js';
import { fail, ok, skip } from '../finding.js';

/** Costs nothing where unused, and so is not part of the agent. */
const OPTIONAL: readonly {
  readonly name: string;
  readonly version: string;
  readonly needs: (row: { kind: string; format?: unknown }) => boolean;
}[] = [
  { name: 'modbus-serial', version: '8', needs: ({ kind }) => kind === 'modbus' },
  { name: 'node-opcua-server', version: '2.182.2', needs: ({ kind }) => kind === 'opcua' },
  { name: 'sparkplug-payload', version: '1', needs: ({ format }) => format === 'sparkplug-b' },
];

export const packages: Check = {
  name: 'packages',
  run: async ({ config }) => {
    const rows = placedRows(config);
    const wanted = OPTIONAL.filter(({ needs }) => rows.some(({ row }) => needs(row)));
    if (wanted.length === 0) return skip('the configuration needs no optional one');
    return wanted.map(({ name, version }) =>
      isThere(name)
        ? ok('is there', name)
        : fail('is missing', `sudo npm install -g ${name}@${version}`, name),
    );
  },
};

function isThere(name: string): boolean {
  try {
    createRequire(import.meta.url).resolve(name);
    return true;
  } catch {
    return false;
  }
}
