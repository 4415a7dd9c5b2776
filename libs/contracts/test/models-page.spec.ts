import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { BundleDocument } from '../src/index.js';

const page = readFileSync(new URL('../../../docs/MODELS.md', import.meta.url), 'utf8');
const snippets = [...page.matchAll(/^## (.+)$|```json\n([^]*?)\n```/gm)].flatMap(
  ([, heading, json], i, all): { under: string; json: string }[] => {
    if (heading !== undefined || json === undefined) return [];
    const under = all.slice(0, i).findLast(([, title]) => title !== undefined)?.[1] ?? 'the top';
    return [{ under, json }];
  },
);
const [complete, ...others] = snippets.map(({ under, json }) => ({
  under,
  value: JSON.parse(json) as Record<string, unknown>,
}));

describe('docs/MODELS.md', () => {
  it('begins with a complete bundle.json', () => {
    expect(BundleDocument.safeParse(complete?.value).error?.issues).toBeUndefined();
  });

  it('has a snippet for every task', () => {
    const tasks = new Set(snippets.map(({ json }) => (JSON.parse(json) as { task: string }).task));
    expect([...tasks].sort()).toEqual(
      ['anomaly', 'classification', 'detection', 'regression', 'segmentation'].sort(),
    );
  });

  it.each(others)('has a snippet under "$under" that makes a bundle with the rest', ({ value }) => {
    const bundle = { ...complete?.value, ...value };
    expect(BundleDocument.safeParse(bundle).error?.issues).toBeUndefined();
  });
});
