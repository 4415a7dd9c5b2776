import { describe, expect, test } from 'vitest';
import {
  DEPLOYMENT_STATES,
  DEPLOYMENT_TRANSITIONS,
  GIVEN_UP_STATES,
  isProgress,
  isTerminal,
  isTransition,
  type DeploymentState,
} from '../src/index.js';

const pairs = DEPLOYMENT_STATES.flatMap((from) => DEPLOYMENT_STATES.map((to) => [from, to] as const));

describe('the transitions of a deployment', () => {
  test('lead from the assignment to every state', () => {
    const reached = new Set<DeploymentState>(['assigned']);
    for (let size = 0; size < reached.size;) {
      size = reached.size;
      for (const state of [...reached]) for (const next of DEPLOYMENT_TRANSITIONS[state]) reached.add(next);
    }
    expect([...reached].sort()).toEqual([...DEPLOYMENT_STATES].sort());
  });

  test('lead on from a terminal state only by beginning anew, or by giving up what was committed', () => {
    for (const state of DEPLOYMENT_STATES.filter(isTerminal)) {
      const others = DEPLOYMENT_TRANSITIONS[state].filter((next) => next !== 'assigned');
      expect(others).toEqual(state === 'committed' ? ['rolled-back'] : []);
    }
  });

  test('let every deployment begin anew: the bytes of what answers may be found damaged at any time', () => {
    const again = DEPLOYMENT_STATES.filter((state) => isTransition(state, 'assigned'));
    expect(again).toEqual(DEPLOYMENT_STATES.filter((state) => state !== 'assigned'));
  });
});

describe('progress, as an observer hears of it', () => {
  test.each(pairs)('%s, then %s', (known, told) => {
    const isLater = DEPLOYMENT_STATES.indexOf(told) > DEPLOYMENT_STATES.indexOf(known);
    const isOver = isTerminal(known) && known !== 'committed';
    const isLost = known === 'committed' && !(GIVEN_UP_STATES as readonly string[]).includes(told);
    expect(isProgress(known, told)).toBe(isLater && !isOver && !isLost);
  });

  test('never goes round: what was told takes nothing back', () => {
    for (const [known, told] of pairs) {
      expect(isProgress(known, told) && isProgress(told, known)).toBe(false);
    }
  });
});
