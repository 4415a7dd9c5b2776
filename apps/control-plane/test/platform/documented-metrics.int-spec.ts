import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestControlPlane, type TestControlPlane } from '../support/test-control-plane.js';

const ROOT = new URL('../../../../', import.meta.url);
const read = (path: string): Promise<string> => readFile(new URL(path, ROOT), 'utf8');
const names = (text: string): string[] => [...new Set(text.match(/\bhamon_[a-z_]+/g))].sort();

let plane: TestControlPlane;

describe('the metrics that are documented', () => {
  beforeAll(async () => {
    plane = await startTestControlPlane();
  });
  afterAll(() => plane.discard());

  it('are those that exist, and alert rules use no other', async () => {
    const text = await (await fetch(`${plane.url}/metrics`)).text();
    const there = names((text.match(/^# HELP hamon_\S+/gm) ?? []).join('\n'));
    const operating = await read('docs/OPERATING.md');
    const table = operating.split('\n').filter((line) => line.startsWith('| `hamon_'));
    expect(names(table.join('\n'))).toEqual(there);
    const rules = names(await read('examples/monitoring/hamon-rules.yml'));
    expect(rules.filter((name) => !there.includes(name))).toEqual([]);
  });

  it('have the labels that are documented', async () => {
    const text = await (await fetch(`${plane.url}/metrics`)).text();
    const operating = await read('docs/OPERATING.md');
    const documented = new Map(
      [...operating.matchAll(/`(hamon_[a-z_]+)\{([a-z,]+)\}`/g)].map(([, name, labels]) => [name, labels]),
    );
    const shown = [...text.matchAll(/^(hamon_[a-z_]+?)(?:_bucket|_sum|_count)?\{([^}]*)\}/gm)];
    expect(shown.length).toBeGreaterThan(10);
    for (const [, name = '', labels = ''] of shown) {
      const keys = [...labels.matchAll(/([a-z]+)="/g)].map(([, key]) => key).filter((key) => key !== 'le');
      expect([name, keys.join(',')]).toEqual([name, documented.get(name)]);
    }
  });
});
