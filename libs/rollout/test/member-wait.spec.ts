import { describe, expect, it } from 'vitest';
import { memberWait, type MemberLook } from '../src/index.js';
import { after, START } from './fixtures.js';

const look = (change: Partial<MemberLook>): MemberLook => ({
  state: 'assigned',
  online: true,
  lastSeenAt: START.toISOString(),
  chunks: null,
  lastFrameAt: null,
  held: false,
  ...change,
});
const AT = START.toISOString();

describe('what a device waits for', () => {
  it.each<[Partial<MemberLook>, string | null]>([
    [{ state: null }, null],
    [{}, 'has not begun yet'],
    [{ online: false }, 'offline for 4 min'],
    [{ online: false, lastSeenAt: null }, 'has never been connected'],
    [{ state: 'downloading', chunks: { have: 4, total: 10 } }, 'downloads, 40 %'],
    [{ state: 'downloading', chunks: { have: 0, total: 0 } }, 'downloads'],
    [{ state: 'staged' }, 'tests the version'],
    [{ state: 'shadowing' }, 'shadows and has seen no frame'],
    [{ state: 'shadowing', lastFrameAt: AT }, 'shadows and has seen no frame for 4 min'],
    [{ state: 'active', lastFrameAt: AT }, 'is on probation and has seen no frame for 4 min'],
    [{ state: 'shadowing', lastFrameAt: after(240).toISOString() }, 'compares the versions on its frames'],
    [{ state: 'active', lastFrameAt: after(240).toISOString() }, 'is on probation'],
    [{ state: 'downloading', held: true }, 'downloads'],
    [{ state: 'shadowing', held: true }, 'is held until the rollout is resumed'],
    [{ state: 'committed', online: false }, null],
    [{ state: 'refused' }, null],
  ])('of %j is told as %j', (change, detail) => {
    expect(memberWait(look(change), after(250))?.detail ?? null).toBe(detail);
  });
});
