import { describe, expect, it } from 'vitest';
import { bringIn } from '../../src/rollout/bring-in.js';

describe('a selector that brings latecomers in', () => {
  it('names them where they are few, and no other device', () => {
    expect(bringIn(['cam-8', 'cam-9'], 2, 'site=osaka')).toBe('id in (cam-8,cam-9)');
  });

  it.each([
    ['there are more than are named', ['cam-8'], 40],
    [
      'their ids do not fit into a selector',
      Array.from({ length: 20 }, (_, i) => `${'x'.repeat(60)}-${i}`),
      20,
    ],
    ['there is none', [], 0],
  ])("is the rollout's own where %s", (_name, devices, count) => {
    expect(bringIn(devices, count, 'site=osaka')).toBe('site=osaka');
  });
});
