import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { PlantBroker, SinkConfig, TriggerConfig, type SinkOf } from '@hamon/contracts';

const broker = { url: 'mqtts://plant' };
const server = { host: '10.0.0.5' };
const secret = { secret: 'plant' };

const MODBUS = SinkConfig.parse({
  ...{ kind: 'modbus', ...server, registers: [{ address: 1, value: 'count' }], labels: ['a'] },
}) as SinkOf<'modbus'>;

/** Each row of the configuration with all that it may hold. */
const ROWS = {
  Triggers: [
    TriggerConfig.parse({ kind: 'http' }),
    TriggerConfig.parse({ kind: 'mqtt', broker, topic: 'a', answerTopic: 'b' }),
    TriggerConfig.parse({ kind: 'modbus', ...server, coil: 1, done: 2 }),
  ],
  "The plant's broker": [
    SinkConfig.parse({ kind: 'plant-mqtt', broker, node: 'n' }),
    PlantBroker.parse({
      ...{ ...broker, user: 'cam', password: secret, ca: 'c', certificate: 'c', key: 'k' },
      ...{ statusTopic: 's', clientId: 'i' },
    }),
  ],
  Modbus: [MODBUS, MODBUS.registers[0]],
} as const;

const COMMON = ['kind', 'when', 'holdMs'];
const GIVEN: readonly unknown[] = ['', 'a', 'b', 'n', 's', 'i', 'c', 'k', 'cam', 'count', 1, 2];

describe('the manual of the gateway', () => {
  it.each(Object.entries(ROWS))('has every setting of “%s” with its default', async (heading, configs) => {
    const manual = await readFile(new URL('../../docs/GATEWAY.md', import.meta.url), 'utf8');
    const [, after = ''] = manual.split(`\n## ${heading}\n`);
    const [section = ''] = after.split('\n## ');
    const rows = section
      .split('\n')
      .filter((line) => line.startsWith('| `'))
      .map((line) => line.split('|').map((cell) => cell.trim()));
    for (const config of configs) {
      for (const [key, value] of Object.entries(config ?? {})) {
        if (COMMON.includes(key)) continue;
        const named = rows.filter(([, names = '']) => new RegExp(`\`(trigger\\.)?${key}\``).test(names));
        expect([key, named.length > 0]).toEqual([key, true]);
        if (
          typeof value === 'object' ||
          GIVEN.includes(value) ||
          Object.values(server).includes(value as string)
        )
          continue;
        const defaults = named.map(([, , without = '']) => without.replaceAll('`', ''));
        expect([key, defaults]).toEqual([key, expect.arrayContaining([key === 'url' ? '–' : String(value)])]);
      }
    }
  });
});
