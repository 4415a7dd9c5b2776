import { describe, expect, it } from 'vitest';
import { DEPLOYMENT_STATES, type DeploymentState } from '@hamon/contracts';
import { desiredBy, newerWish } from '../../src/core/desired-state.js';
import { EMPTY_STATE, type DeviceState } from '../../src/core/device-state.js';
import { neededBundles, wantedBundle } from '../../src/core/wanted-bundles.js';
import { withdraw } from '../../src/core/withdraw.js';
import { running, slotOf, targetOf, wanting } from '../support/states.js';

const bundleOf = (name: string): string => targetOf(name, 1).bundle.sha256;
const deploying = (state: DeploymentState): DeviceState => ({
  ...wanting(targetOf('b', 2), running('a', 1)),
  deployment: { target: targetOf('b', 2), state, reason: null, attempts: 0 },
});
const abandoned = (state: DeviceState): DeviceState => ({
  ...state,
  accepted: state.accepted && { ...state.accepted, abandoned: true },
});

describe('a newer wish', () => {
  const wish = (state: DeviceState) => newerWish(state, desiredBy(state.accepted))?.version.sequence;

  it.each<[string, DeviceState, number | undefined]>([
    ['is the first one', wanting(targetOf('a', 1)), 1],
    ['is one that no deployment has taken up', wanting(targetOf('b', 2), running('a', 1)), 2],
    ['is the same bundle under a later sequence', wanting(targetOf('a', 2), running('a', 1)), 2],
    ['is one under a lower sequence, by another key', wanting(targetOf('b', 1), running('a', 9)), 1],
    ['is none where there is no manifest', EMPTY_STATE, undefined],
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
    expect(wantedBundle(EMPTY_STATE)).toBeNull();
  });
});

describe('the needed bundles', () => {
  const three: DeviceState = {
    ...EMPTY_STATE,
    slots: { current: slotOf('b', 2), previous: slotOf('a', 1), candidate: slotOf('c', 3) },
  };

  it('are those of all slots and the wanted one', () => {
    expect(neededBundles(three, targetOf('d', 4).bundle)).toEqual(
      new Set(['a', 'b', 'c', 'd'].map(bundleOf)),
    );
    expect(neededBundles(three, null)).toEqual(new Set(['a', 'b', 'c'].map(bundleOf)));
    expect(neededBundles(EMPTY_STATE, null)).toEqual(new Set());
  });
});
