import { describe, expect, it } from 'vitest';
import { DEPLOYMENT_STATES, type DeploymentState } from '@hamon/contracts';
import { desiredBy, newerWish } from '../../src/core/desired-state.js';
import { EMPTY_MODEL, type ModelState } from '../../src/core/model-state.js';
import { neededContent, wantedBundle } from '../../src/core/wanted-bundles.js';
import { withdraw } from '../../src/core/withdraw.js';
import { running, slotOf, targetOf, wanting } from '../support/states.js';

const bundleOf = (name: string): string => targetOf(name, 1).bundle.sha256;
const deploying = (state: DeploymentState): ModelState => ({
  ...wanting(targetOf('b', 2), running('a', 1)),
  deployment: { target: targetOf('b', 2), state, reason: null, attempts: 0 },
});
const abandoned = (state: ModelState): ModelState => ({
  ...state,
  accepted: state.accepted && { ...state.accepted, abandoned: true },
});

describe('a newer wish', () => {
  const wish = (state: ModelState) => newerWish(state, desiredBy(state.accepted))?.version.sequence;

  it.each<[string, ModelState, number | undefined]>([
    ['is the first one', wanting(targetOf('a', 1)), 1],
    ['is one that no deployment has taken up', wanting(targetOf('b', 2), running('a', 1)), 2],
    ['is the same bundle under a later sequence', wanting(targetOf('a', 2), running('a', 1)), 2],
    ['is one under a lower sequence, by another key', wanting(targetOf('b', 1), running('a', 9)), 1],
    ['is none where there is no manifest', EMPTY_MODEL, undefined],
    ['is none that a deployment has taken up', deploying('downloading'), undefined],
    ['is none that was given up', abandoned(wanting(targetOf('b', 2), running('a', 1))), undefined],
  ])('%s', (_, state, sequence) => {
    expect(wish(state)).toBe(sequence);
  });

  it('is none once it was taken back, whatever its sequence', () => {
    expect(wish(withdraw(wanting(targetOf('b', 2), running('a', 1))))).toBeUndefined();
    expect(wish(withdraw(wanting(targetOf('b', 1), running('a', 9))))).toBeUndefined();
  });
});

describe('the wanted bundle', () => {
  it('is that of a deployment which is about to begin, whatever becomes of the one before', () => {
    for (const state of DEPLOYMENT_STATES) {
      expect(wantedBundle(wanting(targetOf('c', 3), deploying(state)))?.sha256).toBe(bundleOf('c'));
    }
  });

  it('is that of a deployment until it is active, and none from then on', () => {
    const installing = DEPLOYMENT_STATES.filter((state) => wantedBundle(deploying(state)) !== null);
    expect(installing).toEqual(['assigned', 'downloading', 'staged', 'self-tested', 'shadowing']);
    expect(wantedBundle(deploying('staged'))?.sha256).toBe(bundleOf('b'));
  });

  it('is none on a device that is asked for nothing', () => {
    expect(wantedBundle(EMPTY_MODEL)).toBeNull();
  });
});

describe('what has to stay on disk', () => {
  const three: ModelState = {
    ...EMPTY_MODEL,
    slots: { current: slotOf('b', 2), previous: slotOf('a', 1), candidate: slotOf('c', 3) },
  };
  const bundles = (...models: ModelState[]): unknown => neededContent(models).bundles;

  it('is what is in the slots and on its way, of all models', () => {
    expect(bundles(wanting(targetOf('d', 4), three))).toEqual(new Set(['a', 'b', 'c', 'd'].map(bundleOf)));
    expect(bundles(three, wanting(targetOf('e', 1)))).toEqual(new Set(['a', 'b', 'c', 'e'].map(bundleOf)));
    expect(neededContent([wanting(targetOf('e', 1)), three, wanting(targetOf('f', 1))]).wanted).toEqual([
      targetOf('e', 1).bundle,
      targetOf('f', 1).bundle,
    ]);
    expect(neededContent([EMPTY_MODEL])).toEqual({ bundles: new Set(), wanted: [] });
  });
});
