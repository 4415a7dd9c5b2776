import { readdir, readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { SETTINGS } from '../../src/platform/config/settings.js';

const ROOT = new URL('../../../../', import.meta.url);
const OF_OTHER_PROGRAMS = ['HAMON_SERVER', 'HAMON_TOKEN', 'HAMON_CONFIG'];

describe('settings that the manuals name', () => {
  it('are settings', async () => {
    const adrs = (await readdir(new URL('docs/adr/', ROOT))).map((name) => `docs/adr/${name}`);
    const known = new Set([...Object.values(SETTINGS).map(({ name }) => name), ...OF_OTHER_PROGRAMS]);
    const manuals = ['README.md', 'docs/OPERATING.md', 'docs/ARCHITECTURE.md', 'docs/COMPRESSION.md'];
    for (const path of [...manuals, ...adrs]) {
      const named = (await readFile(new URL(path, ROOT), 'utf8')).match(/\bHAMON_[A-Z_]+\b/g) ?? [];
      expect([path, named.filter((name) => !known.has(name as never))]).toEqual([path, []]);
    }
  });
});
