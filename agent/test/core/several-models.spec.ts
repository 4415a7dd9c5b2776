import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import {
  DEFAULT_DEVICE_POLICY,
  MAX_KNOWN_MODELS,
  MAX_MODELS,
  type Manifest,
  type ManifestOrder,
} from '@hamon/contracts';
import { acceptManifest } from '../../src/core/accept-manifest.js';
import {
  answeringModels,
  assignedModels,
  DeviceState,
  earliestModel,
  EMPTY_STATE,
  modelIn,
  takesPlace,
} from '../../src/core/device-state.js';
import { EMPTY_MODEL, isRemoved, NO_SLOTS } from '../../src/core/model-state.js';
import { neededContent, wantedBundle } from '../../src/core/wanted-bundles.js';
import { deviceOf, jwsOf, running, slotOf, targetOf } from '../support/states.js';

const manifestOf = (model: string, sequence: number, order?: ManifestOrder): Manifest => ({
  ...{ schema: 'hamon.manifest/1', fleet: 'acme', device: 'cam-1', sequence, model },
  ...{ issuedAt: '2026-03-01T00:00:00.000Z', expiresAt: '2026-03-08T00:00:00.000Z' },
  ...{ version: '1.0.0', variant: 'fp32', bundle: targetOf(model, sequence).bundle },
  policy: DEFAULT_DEVICE_POLICY,
  ...(order && { order }),
});

/** Each sequence of a model has bytes of its own. */
function hear(state: DeviceState, model: string, sequence: number, order?: ManifestOrder) {
  const acceptance = acceptManifest(manifestOf(model, sequence, order), jwsOf(`${model} ${sequence}`), state);
  const answer = acceptance.kind === 'rejected' ? acceptance.reason.code : acceptance.kind;
  const next = acceptance.kind === 'accepted' ? acceptance.next : state;
  // As it comes back from the disk.
  return { answer, state: DeviceState.parse(JSON.parse(JSON.stringify(next))) };
}

const names = (count: number): string[] => Array.from({ length: count }, (_, i) => `model-${i}`);
const full = names(MAX_MODELS).reduce((state, model, i) => hear(state, model, i + 1).state, EMPTY_STATE);

describe('models of one device', () => {
  it('have sequences of their own', () => {
    const a = hear(EMPTY_STATE, 'a', 5).state;
    const both = hear(a, 'b', 1);
    expect(both.answer).toBe('accepted');
    expect(hear(both.state, 'a', 4).answer).toBe('manifest-older');
    expect(hear(both.state, 'b', 2).answer).toBe('accepted');
    expect(modelIn(both.state, 'a')).toEqual(modelIn(a, 'a'));
  });

  it('may have the name of what every object has', () => {
    const { state, answer } = hear(EMPTY_STATE, 'constructor', 1);
    expect(answer).toBe('accepted');
    expect(modelIn(EMPTY_STATE, 'constructor')).toBeUndefined();
    expect(modelIn(state, 'constructor')?.accepted?.sequence).toBe(1);
  });

  it('are counted in the order in which they came, whatever they are called', () => {
    const state = ['zebra', '7', 'ant'].reduce((now, model, i) => hear(now, model, i + 1).state, EMPTY_STATE);
    expect(assignedModels(state)).toEqual(['zebra', '7', 'ant']);
    expect(earliestModel(state)).toBe('zebra');
    const without = hear(state, 'zebra', 9, 'unassign').state;
    expect(earliestModel(without)).toBe('7');
    // It comes back as the youngest.
    expect(assignedModels(hear(without, 'zebra', 10).state)).toEqual(['7', 'ant', 'zebra']);
  });

  it('do not answer who names none while they are only on their way beside one that runs', () => {
    const known = deviceOf({ a: running('a', 1) });
    expect(answeringModels(known)).toEqual(['a']);
    const coming = hear(known, 'b', 9).state;
    expect(answeringModels(coming)).toEqual(['a']);
    expect(answeringModels(hear(coming, 'b', 10, 'withdraw').state)).toEqual(['a']);
    expect(answeringModels(hear(EMPTY_STATE, 'b', 1).state)).toEqual(['b']);
  });

  it('that come once more, nothing having come of them, take no stream from those that run meanwhile', () => {
    const withdrawn = hear(hear(EMPTY_STATE, 'a', 1).state, 'a', 2, 'withdraw').state;
    const { models } = deviceOf({ b: running('b', 5) });
    const state = { ...withdrawn, models: { ...withdrawn.models, b: { ...models['b']!, since: 1 } } };
    expect(earliestModel(state)).toBe('b');
    expect(earliestModel(hear(state, 'a', 9).state)).toBe('b');
  });

  it(`are ${MAX_MODELS} at most, with one sentence for the next`, () => {
    const next = acceptManifest(manifestOf('one-more', 99), jwsOf('x'), full);
    expect(next).toMatchObject({ kind: 'rejected', reason: { code: 'manifest-too-many-models' } });
    expect(hear(full, 'model-3', 99).answer).toBe('accepted');
    const freed = hear(full, 'model-3', 99, 'unassign').state;
    expect(hear(freed, 'one-more', 100).answer).toBe('accepted');
    expect(hear(hear(freed, 'one-more', 100).state, 'model-3', 101).answer).toBe('manifest-too-many-models');
  });

  it('take no place where nothing came of them', () => {
    const withdrawn = hear(hear(EMPTY_STATE, 'a', 1).state, 'a', 2, 'withdraw').state;
    expect(takesPlace(modelIn(withdrawn, 'a') ?? EMPTY_MODEL)).toBe(false);
    expect(hear(withdrawn, 'a', 3).answer).toBe('accepted');
  });
});

describe('a model that is removed', () => {
  const two = deviceOf({ a: running('a', 5, 'b'), b: running('c', 3) });
  const { state } = hear(two, 'a', 6, 'unassign');

  it('keeps nothing but the order, and leaves the others alone', () => {
    expect(modelIn(state, 'a')).toMatchObject({ slots: NO_SLOTS, deployment: null, watch: null });
    expect(isRemoved(modelIn(state, 'a') ?? EMPTY_MODEL)).toBe(true);
    expect(wantedBundle(modelIn(state, 'a') ?? EMPTY_MODEL)).toBeNull();
    expect(modelIn(state, 'b')).toEqual(modelIn(two, 'b'));
    expect(neededContent(Object.values(state.models)).bundles).toEqual(
      new Set([slotOf('c', 3).version.bundle]),
    );
  });

  it('does not come back by an older manifest, and the order is no news twice', () => {
    expect(hear(state, 'a', 5).answer).toBe('manifest-older');
    expect(hear(state, 'a', 6, 'unassign').answer).toBe('known');
    expect(hear(state, 'a', 7).answer).toBe('accepted');
  });

  it('is remembered though the device never had it: the manifest that came before may come after', () => {
    const heardOf = hear(EMPTY_STATE, 'a', 6, 'unassign');
    expect(heardOf.answer).toBe('accepted');
    expect(hear(heardOf.state, 'a', 5).answer).toBe('manifest-older');
  });
});

describe('the floor', () => {
  it('keeps out manifests of models that the device does not know', () => {
    const state = deviceOf({ a: running('a', 9) }, 7);
    expect(hear(state, 'b', 7).answer).toBe('manifest-older');
    expect(hear(state, 'b', 8).answer).toBe('accepted');
    // One that it knows has a sequence of its own.
    expect(hear(deviceOf({ a: running('a', 2) }, 7), 'a', 3).answer).toBe('accepted');
  });

  it('rises over the oldest of more removed models than the device remembers', () => {
    let state = EMPTY_STATE;
    for (const [i, model] of names(MAX_KNOWN_MODELS + 3).entries()) {
      state = hear(state, model, 10 + i).state;
      state = hear(state, model, 200 + i, 'unassign').state;
    }
    expect(Object.keys(state.models)).toHaveLength(MAX_KNOWN_MODELS);
    expect(state.floor).toBe(202);
    expect(hear(state, 'model-0', 10).answer).toBe('manifest-older');
    expect(hear(state, 'model-0', 200).answer).toBe('manifest-older');
    expect(hear(state, 'model-3', 13).answer).toBe('manifest-older');
  });
});

const anyArrival = fc.record({
  model: fc.constantFrom('a', 'b', 'c', ...names(MAX_KNOWN_MODELS)),
  sequence: fc.integer({ min: 1, max: 400 }),
  order: fc.constantFrom<ManifestOrder | undefined>(
    undefined,
    undefined,
    'hold',
    'withdraw',
    'unassign',
    'unassign',
  ),
});

describe('whatever comes in whatever order', () => {
  it('no manifest is taken twice, none after a later one of its model, and what is remembered is bounded', () => {
    fc.assert(
      fc.property(fc.array(anyArrival, { maxLength: 150, size: 'max' }), (arrivals) => {
        let state = EMPTY_STATE;
        const highest = new Map<string, number>();
        for (const { model, sequence, order } of arrivals) {
          const manifest = manifestOf(model, sequence, order);
          const came = acceptManifest(manifest, jwsOf(`${model} ${sequence}`), state);
          if (came.kind !== 'accepted') continue;
          expect(sequence).toBeGreaterThan(highest.get(model) ?? 0);
          highest.set(model, sequence);
          expect(came.next.floor).toBeGreaterThanOrEqual(state.floor);
          state = came.next;
          expect(Object.keys(state.models).length).toBeLessThanOrEqual(MAX_KNOWN_MODELS);
          expect(Object.values(state.models).filter(takesPlace).length).toBeLessThanOrEqual(MAX_MODELS);
        }
      }),
      { numRuns: 60 },
    );
  });
});
