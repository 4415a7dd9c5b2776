import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { DeviceState, modelIn } from '../../src/core/device-state.js';
import { StoredState } from '../../src/core/migrate-state.js';
import { acceptManifest } from '../../src/core/accept-manifest.js';
import { desiredBy } from '../../src/core/desired-state.js';
import { nextStep } from '../../src/core/next-step.js';
import type { ModelState } from '../../src/core/model-state.js';
import { NOTHING_KNOWN } from '../support/states.js';

/** As agents of the former release left them on their disks. */
const former = (name: string): ModelState & Pick<DeviceState, 'timeFloor'> =>
  JSON.parse(readFileSync(new URL(`../golden/state-1/${name}.json`, import.meta.url), 'utf8'));

describe('a state of the former release', () => {
  it('of one model is that model’s, and its newest sequence the floor for all others', () => {
    const before = former('committed');
    const state = StoredState.parse(before);
    const { slots, deployment, accepted, watch, timeFloor } = before;
    expect(state).toEqual({
      schema: 'hamon.agent-state/2',
      models: { tiny: { slots, deployment, accepted, watch, since: 0 } },
      floor: accepted?.sequence,
      timeFloor,
    });
    expect(DeviceState.parse(JSON.parse(JSON.stringify(state)))).toEqual(state);
  });

  it('plans nothing new for a device that was at rest', () => {
    const state = modelIn(StoredState.parse(former('committed')), 'tiny')!;
    const loaded = { current: true, previous: false, candidate: false };
    expect(nextStep(state, desiredBy(state.accepted), { ...NOTHING_KNOWN, loaded })).toBeUndefined();
  });

  it('with a candidate of another model keeps both: the one answers on, the other goes on being installed', () => {
    const before = former('candidate-of-another-model');
    const { models } = StoredState.parse(before);
    const { slots, deployment, accepted } = before;
    expect(models['tiny']).toMatchObject({
      slots: { current: slots.current, previous: slots.previous, candidate: null },
      deployment: null,
      accepted: null,
    });
    expect(models['other']).toMatchObject({
      slots: { current: null, previous: null, candidate: slots.candidate },
      ...{ deployment, accepted },
    });
  });

  it('with another model on probation keeps the one that it took the place of', () => {
    const before = former('another-model-on-probation');
    const { models } = StoredState.parse(before);
    const { slots } = before;
    expect(models['other']?.slots).toEqual({ current: slots.current, previous: null, candidate: null });
    expect(models['tiny']?.slots).toEqual({ current: slots.previous, previous: null, candidate: null });
    expect(models['tiny']?.watch).toBeNull();
  });

  it('takes no manifest of another model that was issued before', () => {
    const state = StoredState.parse(former('candidate-of-another-model'));
    const { accepted } = state.models['other']!;
    const again = {
      ...JSON.parse(Buffer.from(accepted!.jws.payload, 'base64url').toString()),
      model: 'third',
    };
    expect(acceptManifest(again, accepted!.jws, state)).toMatchObject({ reason: { code: 'manifest-older' } });
    const later = { ...again, sequence: accepted!.sequence + 1 };
    expect(acceptManifest(later, accepted!.jws, state).kind).toBe('accepted');
  });
});
