import { describe, expect, it } from 'vitest';
import { approveRollout, decide, emptyEvidence } from '../src/index.js';
import { after, member, rolloutOf, START } from './fixtures.js';

/** Retired members are not observed: their positions are gaps. */
const seen = (positions: readonly number[]) => ({
  members: positions.map((position) => member(position)),
  evidence: emptyEvidence(0),
});

describe('a stage whose devices were all retired', () => {
  it('is left to a person at once: silence promotes nothing, and nobody is waited for', () => {
    const { next, commands } = decide(rolloutOf(), seen([1, 2]), START);
    expect(next.status).toMatchObject({ state: 'paused', pausedBy: 'gate', stage: 0 });
    expect(next.status.reason).toContain('every device of this stage was retired');
    expect(commands.filter(({ kind }) => kind !== 'note')).toEqual([]);
  });

  it('is passed over by an approval, and the next stage begins', () => {
    const { next: paused } = decide(rolloutOf(), seen([1, 2]), START);
    const approved = approveRollout(paused, 'kim', after(1));
    if (!approved.ok) throw new Error(approved.error.detail);
    const { commands } = decide(approved.value.next, seen([1, 2]), after(2));
    expect(commands).toMatchObject([
      { kind: 'assign', device: 'camera-1' },
      { kind: 'assign', device: 'camera-2' },
    ]);
  });

  it('goes on with those that are left where only some were', () => {
    const { commands } = decide(rolloutOf({ stages: [3, 6] }), seen([0, 2]), START);
    expect(commands).toMatchObject([
      { kind: 'assign', device: 'camera-0' },
      { kind: 'assign', device: 'camera-2' },
    ]);
  });
});
