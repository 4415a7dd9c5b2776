import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { AgentConfig } from '../src/config.js';

const isEmpty = (value: object): boolean => Object.keys(value).length === 0;
const shown = (value: unknown): string =>
  typeof value === 'object' && value !== null && isEmpty(value) ? 'none' : String(value);

/** Every setting of a parsed configuration by its path; those of lists and variants are documented in words. */
const pathsOf = (config: object, at = ''): string[] =>
  Object.entries(config).flatMap(([key, value]) =>
    typeof value === 'object' && value !== null && !isEmpty(value) && !Array.isArray(value)
      ? pathsOf(value as object, `${at}${key}.`)
      : [`${at}${key}`],
  );

describe('the table of the agent’s settings in the manual', () => {
  it('has every setting, with the value that is in force without it, and no other', async () => {
    const manual = await readFile(new URL('../../docs/OPERATING.md', import.meta.url), 'utf8');
    const [, section = ''] = manual.split("The agent's configuration file:");
    const [table = ''] = section.slice(section.indexOf('| setting')).split('\n\n');
    const rows = table.split('\n').filter((line) => line.startsWith('| `'));
    const documented = new Map(
      rows.flatMap((row) => {
        const [names = '', without = ''] = row
          .split('|')
          .slice(1)
          .map((cell) => cell.trim());
        const values = without.split(',').map((value) => value.trim().replaceAll('`', ''));
        return [...names.matchAll(/`([A-Za-z.]+)`/g)].map(([, name = ''], i) => [name, values[i]] as const);
      }),
    );
    const source = { kind: 'directory' as const, path: 'images' };
    const played = AgentConfig.parse({ source, serverUrl: 'http://h', mqttUrl: 'mqtt://h:1' });
    const settings = pathsOf(played).sort();
    expect([...documented.keys()].sort()).toEqual(settings);

    const config = AgentConfig.parse({});
    const inForce: Record<string, unknown> = { ...flat(config), ...flat({ source: played.source }) };
    for (const [name, value] of documented) {
      const isFree = ['source.kind', 'source.path', 'serverUrl', 'mqttUrl'].includes(name);
      if (!isFree) expect([name, value]).toEqual([name, shown(inForce[name])]);
    }
  });
});

const flat = (config: object): Record<string, unknown> =>
  Object.fromEntries(
    pathsOf(config).map((path) => [
      path,
      path.split('.').reduce<unknown>((value, key) => (value as Record<string, unknown>)[key], config),
    ]),
  );
