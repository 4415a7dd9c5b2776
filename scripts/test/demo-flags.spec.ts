import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { type DemoFlags, parseDemoFlags } from '../demo/src/flags.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const bundles = 'examples/surface-inspection/bundles';
const parsed = (...args: string[]): DemoFlags => {
  // The images are drawn by the set-up; any folder does here.
  const flags = parseDemoFlags(args, ROOT, ROOT);
  if (flags === 'help') throw new Error('no flags');
  return flags;
};

describe('the flags of the demo', () => {
  it.each([
    ['images of other things', ['--images', bundles]],
    ['other bundles', ['--v1', `${bundles}/1.0.0`, '--v2', `${bundles}/2.0.0`]],
  ])('leave the second model out where %s are given', (_, args) => {
    expect(parsed('--images', bundles, ...args).beside).toBeNull();
  });

  it('keep it beside the example, whatever the bad version is', () => {
    expect(parsed().beside).toMatch(/surface-defects\/2\.0\.0$/);
    expect(parsed('--v3', `${bundles}/1.0.0`).beside).toMatch(/surface-defects\/2\.0\.0$/);
  });
});
