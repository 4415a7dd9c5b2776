import { describe, expect, it } from 'vitest';
import { DEFAULT_DEVICE_POLICY, type DeploymentState, type Manifest } from '@hamon/contracts';
import { advance, begin } from '../../src/core/advance.js';
import { desiredBy } from '../../src/core/desired-state.js';
import { ModelState, EMPTY_MODEL } from '../../src/core/model-state.js';
import type { Facts } from '../../src/core/facts.js';
import { foresee } from '../../src/core/foresee.js';
import { nextStep } from '../../src/core/next-step.js';
import { plan } from '../../src/core/plan.js';
import { heard, jwsOf, NOTHING_KNOWN, running, targetOf, wanting } from '../support/states.js';

const UP: Facts = { ...NOTHING_KNOWN, loaded: { current: true, previous: false, candidate: false } };
const UNSWITCHED = ['assigned', 'downloading', 'staged', 'self-tested', 'shadowing'] as const;
const REVERT = {
  ...DEFAULT_DEVICE_POLICY,
  shadow: { minFrames: 0 },
  probation: { ...DEFAULT_DEVICE_POLICY.probation, seconds: 0, minFrames: 0 },
};

/** Goes the way from `state` until the deployment is in `until`, or to the end. */
function go(state: ModelState, facts: Facts, until?: DeploymentState): { state: ModelState; facts: Facts } {
  let [now, known] = [state, facts];
  for (;;) {
    const step = nextStep(now, desiredBy(now.accepted), known);
    if (!step) return { state: now, facts: known };
    now = begin(now, step);
    if (now.deployment?.state === until && step.kind !== 'assign') return { state: now, facts: known };
    now = advance(now, step, new Date(0));
    known = foresee(known, step, now);
    if (until !== undefined && now.deployment?.state === until) return { state: now, facts: known };
  }
}

/** What an arriving manifest makes of a state; the state survives the disk on the way. */
function hear(state: ModelState, name: string, sequence: number, order?: Manifest['order']): ModelState {
  const { version, bundle, policy } = targetOf(name, sequence);
  const { model, variant } = version;
  const manifest: Manifest = {
    ...{ schema: 'hamon.manifest/1', fleet: 'acme', device: 'cam-1', sequence },
    ...{ issuedAt: '2026-03-01T08:00:00.000Z', expiresAt: '2026-04-01T08:00:00.000Z' },
    ...{ model, version: version.version, variant, bundle, policy },
    ...(order && { order }),
  };
  const came = heard(manifest, jwsOf(String(sequence)), state);
  if (came.kind !== 'accepted') throw new Error(came.kind);
  return ModelState.parse(JSON.parse(JSON.stringify(came.next)));
}

const at = (state: (typeof UNSWITCHED)[number], former = running('a', 1)) =>
  go(wanting(targetOf('b', 2), former), UP, state);
const kindsFrom = ({ state, facts }: { state: ModelState; facts: Facts }): string[] =>
  plan(state, desiredBy(state.accepted), facts).map(({ kind }) => kind);

describe.each(UNSWITCHED)('a device that is %s', (phase) => {
  it('gets ready and does not switch while it is held, also after a restart', () => {
    const { state, facts } = at(phase);
    const held = go(hear(state, 'b', 3, 'hold'), facts);
    expect(held.state.slots.current?.version.bundle).toBe(state.slots.current?.version.bundle);
    expect(held.state.deployment).toMatchObject({ state: 'shadowing' });
    expect(kindsFrom(held)).toEqual([]);
    const restarted = go(held.state, { ...NOTHING_KNOWN, index: 'present', missingChunks: 0 });
    expect(restarted.state).toEqual(held.state);
    expect(restarted.facts.loaded).toMatchObject({ current: true, candidate: true });
  });

  it('goes on where it was once it is let go, without doing anything twice', () => {
    const { state, facts } = at(phase);
    const held = go(hear(state, 'b', 3, 'hold'), facts);
    const resumed = hear(held.state, 'b', 4);
    expect(kindsFrom({ ...held, state: resumed })).toEqual([
      'assign',
      'activate',
      'observeProbation',
      'commit',
    ]);
    expect(go(resumed, held.facts).state.slots.current).toMatchObject({
      version: { sequence: 4 },
      good: true,
    });
  });

  it('drops the version when it is withdrawn by a signed order, and never tries it again', () => {
    const { state, facts } = at(phase);
    const withdrawn = hear(state, 'b', 3, 'withdraw');
    expect(withdrawn).toMatchObject({
      slots: { candidate: null, current: state.slots.current },
      deployment: { state: 'superseded' },
      accepted: { abandoned: true },
    });
    expect(kindsFrom({ state: withdrawn, facts })).toEqual([]);
    expect(kindsFrom({ state: withdrawn, facts: NOTHING_KNOWN })).toEqual(['loadCurrent']);
  });

  it('keeps to the version before when it is pointed back to it', () => {
    const { state, facts } = at(phase);
    const back = go(wanting(targetOf('a', 3, REVERT), state), facts);
    expect(back.state).toMatchObject({
      slots: { current: { version: { sequence: 3 } }, candidate: null },
      deployment: { state: 'committed' },
    });
  });
});

describe('a device that has not heard of its first version’s withdrawal', () => {
  it('hears of it by the newer manifest alone, and installs nothing', () => {
    const offline = at('downloading', EMPTY_MODEL).state;
    const withdrawn = hear(offline, 'b', 3, 'withdraw');
    expect(kindsFrom({ state: withdrawn, facts: NOTHING_KNOWN })).toEqual([]);
    // It had not even taken the manifest up.
    const unread = hear(wanting(targetOf('b', 2)), 'b', 3, 'withdraw');
    expect(kindsFrom({ state: unread, facts: NOTHING_KNOWN })).toEqual([]);
    expect(unread.slots.current).toBeNull();
  });

  it('does not take the order for a mistake when it is delivered again', () => {
    const withdrawn = hear(at('downloading').state, 'b', 3, 'withdraw');
    const { version, bundle, policy } = targetOf('b', 3);
    const again: Manifest = {
      ...{ schema: 'hamon.manifest/1', fleet: 'acme', device: 'cam-1', sequence: 3 },
      ...{ issuedAt: '2026-03-01T08:00:00.000Z', expiresAt: '2026-04-01T08:00:00.000Z' },
      ...{ model: version.model, version: version.version, variant: version.variant, bundle, policy },
      order: 'withdraw',
    };
    expect(heard(again, jwsOf('3'), withdrawn)).toEqual({ kind: 'known' });
  });
});

describe('an order that comes too late', () => {
  const active = () => go(wanting(targetOf('b', 2), running('a', 1)), UP, 'active');

  it.each(['hold', 'withdraw'] as const)('%s leaves a version on probation to prove itself', (order) => {
    const { state, facts } = active();
    const late = hear(state, 'b', 3, order);
    const end = go(late, facts).state;
    expect(end.slots.current).toMatchObject({
      version: { bundle: state.slots.current?.version.bundle },
      good: true,
    });
    expect(end.deployment?.state).toBe('committed');
    const reason = { code: 'error-rate', detail: '' } as const;
    const failed = go(late, { ...facts, failure: reason }).state;
    expect(failed.slots.current?.version).toMatchObject({ bundle: targetOf('a', 1).version.bundle });
  });

  it('does not begin anew what the device has refused', () => {
    const { state, facts } = at('staged');
    const refused = go(state, { ...facts, failure: { code: 'golden-mismatch', detail: '' } }).state;
    expect(refused.deployment?.state).toBe('refused');
    expect(kindsFrom({ state: hear(refused, 'b', 3, 'hold'), facts: UP })).toEqual([]);
  });

  it('hold does not keep a device whose files were damaged from installing what it runs once more', () => {
    const { state, facts } = go(wanting(targetOf('b', 2)), NOTHING_KNOWN, 'active');
    const late = go(hear(state, 'b', 3, 'hold'), facts).state;
    const damaged = { ...NOTHING_KNOWN, currentDamaged: true };
    expect(go(late, damaged).state.slots.current).toMatchObject({ version: { sequence: 3 }, good: true });
  });

  it('does not hold up a way back', () => {
    const state = { ...running('b', 2, 'a') };
    const target = { ...targetOf('a', 3, REVERT), order: 'hold' as const };
    const end = go(wanting(target, state), { ...UP, index: 'present', missingChunks: 0 }).state;
    expect(end.slots.current?.version.sequence).toBe(3);
  });
});

describe('a device without room for two models', () => {
  const tight: Facts = { ...UP, roomForTwo: false };

  it('goes on answering with its current version while it is held', () => {
    const begun = wanting({ ...targetOf('b', 2), order: 'hold' }, running('a', 1));
    const held = go(begun, tight);
    expect(held.state.deployment?.state).toBe('staged');
    expect(held.facts.loaded).toMatchObject({ current: true, candidate: false });
  });

  it('gets its current version back where the candidate had taken its place, and goes on later', () => {
    const { state, facts } = go(wanting(targetOf('b', 2), running('a', 1)), tight, 'self-tested');
    expect(facts.loaded).toMatchObject({ current: false, candidate: true });
    const held = go(hear(state, 'b', 3, 'hold'), facts);
    expect(held.facts.loaded).toMatchObject({ current: true, candidate: false });
    const end = go(hear(held.state, 'b', 4), held.facts);
    expect(end.state.slots.current).toMatchObject({ version: { sequence: 4 }, good: true });
  });
});
