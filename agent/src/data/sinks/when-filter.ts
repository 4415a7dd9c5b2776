import { answerKey, type KeyedRecord } from './answer-key.js';

/** Which records of a stream a sink gets. */
export interface WhenRule {
  readonly when: 'always' | 'defect' | 'change';
  /** `defect`: the least time between two; `change`: how long a new answer must have lasted. */
  readonly holdMs: number;
}

/** What a filter remembers of one stream. */
export interface WhenState {
  /** When the last defect passed; null before the first. */
  readonly defectAt: number | null;
  /** The answer that passed last; null before the first. */
  readonly key: string | null;
  /** Another answer, and since when there was no other. */
  readonly next: { readonly key: string; readonly since: number } | null;
}

export const NOTHING_SEEN: WhenState = { defectAt: null, key: null, next: null };

export interface Passage {
  readonly passes: boolean;
  /** A defect that its sink does not get, because one has passed within the hold time. */
  readonly isHeld: boolean;
  readonly state: WhenState;
}

/**
 * Decides about one record, in the order in which they come.
 *
 * `always`: every record. `defect`: a defect passes unless another one has passed within `holdMs` before it, so that a lasting
 * defect is told once each hold time and a flicker once. A frame without an answer is no defect. `change`: the first record whose
 * key (`answerKey`) differs from the last one that passed, once there has been no other key for `holdMs`; that frames go
 * without an answer is a key of its own, whatever the reason.
 *
 * @param now in milliseconds, of a clock that never goes back
 */
export function passage(rule: WhenRule, state: WhenState, record: KeyedRecord, now: number): Passage {
  switch (rule.when) {
    case 'always':
      return { passes: true, isHeld: false, state };
    case 'defect':
      return ofDefect(rule, state, record, now);
    case 'change':
      return ofChange(rule, state, record, now);
  }
}

function ofDefect({ holdMs }: WhenRule, state: WhenState, { verdict }: KeyedRecord, now: number): Passage {
  if (verdict !== 'defect') return { passes: false, isHeld: false, state };
  // From the last one that passed: a defect that never ends must not be silent for ever.
  const isHeld = state.defectAt !== null && now - state.defectAt < holdMs;
  return { passes: !isHeld, isHeld, state: isHeld ? state : { ...state, defectAt: now } };
}

function ofChange({ holdMs }: WhenRule, state: WhenState, record: KeyedRecord, now: number): Passage {
  const key = answerKey(record);
  if (key === state.key) return { passes: false, isHeld: false, state: { ...state, next: null } };
  const since = state.next?.key === key ? state.next.since : now;
  const passes = now - since >= holdMs;
  return {
    passes,
    isHeld: false,
    state: passes ? { ...state, key, next: null } : { ...state, next: { key, since } },
  };
}
