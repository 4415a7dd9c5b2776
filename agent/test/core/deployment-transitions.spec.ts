import { describe, expect, it } from 'vitest';
import {
  DEFAULT_DEVICE_POLICY,
  DEPLOYMENT_TRANSITIONS,
  isTransition,
  type DeploymentState,
  type DevicePolicy,
  type Manifest,
} from '@hamon/contracts';
import fc from 'fast-check';
import { advance, begin } from '../../src/core/advance.js';
import { desiredBy } from '../../src/core/desired-state.js';
import { EMPTY_MODEL, type ModelState } from '../../src/core/model-state.js';
import type { Facts } from '../../src/core/facts.js';
import { foresee } from '../../src/core/foresee.js';
import { plan } from '../../src/core/plan.js';
import { withdraw } from '../../src/core/withdraw.js';
import { heard, jwsOf, NOTHING_KNOWN, targetOf } from '../support/states.js';

const REASON = { code: 'worker-crashed', detail: 'it died' } as const;
const POLICIES: Record<string, DevicePolicy> = {
  update: DEFAULT_DEVICE_POLICY,
  'update-or-stop': {
    ...DEFAULT_DEVICE_POLICY,
    probation: { ...DEFAULT_DEVICE_POLICY.probation, onFirstFailure: 'stop' },
  },
  unseen: { ...DEFAULT_DEVICE_POLICY, shadow: { minFrames: 0 }, shadowAfterActivationSeconds: 0 },
  revert: {
    ...DEFAULT_DEVICE_POLICY,
    shadow: { minFrames: 0 },
    probation: { ...DEFAULT_DEVICE_POLICY.probation, seconds: 0, minFrames: 0 },
  },
};

/** What comes to a device: a manifest, the end of a wish, or something that changes what it knows. */
type Turn =
  | { readonly kind: 'manifest'; readonly name: string; readonly policy: string; readonly order: Order }
  | { readonly kind: 'withdrawal' }
  | { readonly kind: 'facts'; readonly facts: Partial<Facts> }
  | { readonly kind: 'restart' }
  /** The agent dies so often in this state that it gives the deployment up. */
  | { readonly kind: 'deaths' }
  | { readonly kind: 'steps'; readonly count: number; readonly until?: DeploymentState };
type Order = NonNullable<Manifest['order']> | 'run';

const anyTurn: fc.Arbitrary<Turn> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('manifest' as const),
      name: fc.constantFrom('a', 'b', 'c'),
      policy: fc.constantFrom('update', 'update', 'update-or-stop', 'unseen', 'revert'),
      order: fc.constantFrom<Order>('run', 'run', 'run', 'hold', 'withdraw'),
    }),
  },
  { weight: 1, arbitrary: fc.constant<Turn>({ kind: 'withdrawal' }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('facts' as const),
      facts: fc.constantFrom<Partial<Facts>>(
        { failure: REASON },
        { currentBroken: REASON },
        { currentDamaged: true },
        { roomForTwo: false },
        { roomForTwo: true },
        { yieldsMemory: true },
        { shadowPassed: false, probationPassed: false },
        { index: 'present', missingChunks: 0 },
        { garbage: true },
      ),
    }),
  },
  { weight: 1, arbitrary: fc.constant<Turn>({ kind: 'restart' }) },
  { weight: 1, arbitrary: fc.constant<Turn>({ kind: 'deaths' }) },
  {
    weight: 8,
    arbitrary: fc.record({ kind: fc.constant('steps' as const), count: fc.integer({ min: 1, max: 12 }) }),
  },
);
const anyLife = fc.array(anyTurn, { minLength: 1, maxLength: 40, size: 'max' });

interface Change {
  readonly before: ModelState;
  readonly after: ModelState;
  readonly by: string;
}

/** Every change of state in one device's life. */
function* live(turns: readonly Turn[]): Generator<Change> {
  let state = EMPTY_MODEL;
  let facts = NOTHING_KNOWN;
  let sequence = 0;
  for (const turn of turns) {
    const before = state;
    switch (turn.kind) {
      case 'manifest':
        state = hear(state, turn, ++sequence);
        facts = { ...facts, index: 'absent', missingChunks: 2 };
        break;
      case 'withdrawal':
        state = withdraw(state);
        break;
      case 'facts':
        facts = { ...facts, ...turn.facts };
        break;
      case 'restart':
        facts = { ...NOTHING_KNOWN, index: facts.index };
        break;
      case 'deaths':
        state = { ...state, deployment: state.deployment && { ...state.deployment, attempts: 4 } };
        break;
      case 'steps':
        for (let i = 0; i < turn.count; i += 1) {
          const [step] = plan(state, desiredBy(state.accepted), facts);
          if (!step) break;
          const begun = begin(state, step);
          yield { before: state, after: begun, by: step.kind };
          state = advance(begun, step, new Date(0));
          yield { before: begun, after: state, by: step.kind };
          facts = foresee(facts, step, state);
          if (state.deployment?.state === turn.until) break;
        }
        continue;
    }
    yield { before, after: state, by: turn.kind };
  }
}

function hear(
  state: ModelState,
  { name, policy: named, order }: Extract<Turn, { kind: 'manifest' }>,
  sequence: number,
): ModelState {
  const { version, bundle, policy } = targetOf(name, sequence, POLICIES[named]);
  const manifest: Manifest = {
    ...{ schema: 'hamon.manifest/1', fleet: 'acme', device: 'cam-1', sequence },
    ...{ issuedAt: '2026-03-01T08:00:00.000Z', expiresAt: '2026-04-01T08:00:00.000Z' },
    ...{ model: version.model, version: version.version, variant: version.variant, bundle, policy },
    ...(order !== 'run' && { order }),
  };
  const came = heard(manifest, jwsOf(String(sequence)), state);
  return came.kind === 'accepted' ? came.next : state;
}

const isNewDeployment = ({ before: { deployment: from }, after: { deployment: to }, by }: Change): boolean =>
  by === 'assign' && from?.target.version.sequence !== to?.target.version.sequence;

/** `from > to`, where the state of one deployment changed. */
function transitionOf(change: Change): readonly [DeploymentState, DeploymentState] | undefined {
  const [from, to] = [change.before.deployment, change.after.deployment];
  if (!from || !to || isNewDeployment(change) || from.state === to.state) return undefined;
  return [from.state, to.state];
}

const manifest = (name: string): Turn => ({ kind: 'manifest', name, policy: 'update', order: 'run' });
const until = (state: DeploymentState): Turn => ({ kind: 'steps', count: 32, until: state });
const learn = (facts: Partial<Facts>): Turn => ({ kind: 'facts', facts });
const ONE: Turn = { kind: 'steps', count: 1 };

/**
 * A version is wanted again, and comes so far, when the current one breaks and the device goes back to just that version;
 * then its files are found damaged.
 */
const wantedAgainAndDamaged = (phase: DeploymentState, ...more: Turn[]): Turn[] => [
  ...[manifest('a'), until('committed'), manifest('b'), until('committed')],
  ...[learn({ shadowPassed: false, probationPassed: false }), manifest('a'), ONE, until(phase)],
  ...[learn({ currentBroken: REASON }), ONE, ...more, learn({ currentDamaged: true }), ONE],
];

const RARE_LIVES: readonly (readonly Turn[])[] = [
  ...(['downloading', 'staged', 'self-tested', 'shadowing'] as const).map((phase) =>
    wantedAgainAndDamaged(phase),
  ),
  wantedAgainAndDamaged('staged', learn({ failure: REASON }), ONE),
  wantedAgainAndDamaged('staged', { kind: 'withdrawal' }),
  // The first version fails, is kept for want of another, and its files are damaged.
  [manifest('a'), until('active'), learn({ failure: REASON }), ONE, learn({ currentDamaged: true }), ONE],
];

describe('a device’s deployment', () => {
  it('changes only as the table says', () => {
    fc.assert(
      fc.property(anyLife, (turns) => {
        for (const change of live(turns)) {
          const transition = transitionOf(change);
          if (transition && !isTransition(...transition)) {
            throw new Error(`${transition.join(' > ')} by ${change.by}`);
          }
        }
      }),
      { numRuns: 1000, examples: RARE_LIVES.map((turns) => [[...turns]]) },
    );
  });

  it('goes every way of the table in some life', () => {
    const lives = [...RARE_LIVES, ...fc.sample(anyLife, { seed: 1, numRuns: 2000 })];
    const counts = new Map<string, number>();
    for (const turns of lives) {
      for (const change of live(turns)) {
        const way = transitionOf(change)?.join(' > ');
        if (way !== undefined) counts.set(way, (counts.get(way) ?? 0) + 1);
      }
    }
    const table = Object.entries(DEPLOYMENT_TRANSITIONS).flatMap(([from, next]) =>
      next.map((to) => `${from} > ${to}`),
    );
    expect(table.filter((way) => !counts.has(way))).toEqual([]);
  });

  it('begins anew in one of three states', () => {
    const begun = new Map<DeploymentState, number>();
    for (const turns of fc.sample(anyLife, { seed: 1, numRuns: 2000 })) {
      for (const change of live(turns)) {
        const { deployment } = change.after;
        if (!deployment || !isNewDeployment(change)) continue;
        // The same bundle under a later sequence goes on where it was.
        const before = change.before.deployment;
        const goesOn = before?.target.version.bundle === deployment.target.version.bundle;
        if (goesOn && deployment.state === before.state) continue;
        begun.set(deployment.state, (begun.get(deployment.state) ?? 0) + 1);
      }
    }
    // `active`: what failed here and was kept is wanted all the same; `committed`: it runs already.
    expect([...begun.keys()].sort()).toEqual(['active', 'assigned', 'committed']);
  });
});
