import type { GateInput } from '../gate-input.js';
import type { Check } from './check.js';
import { answerOfTask } from './same-frames.js';

/** Has the candidate stopped telling things apart, or finding any? As far as the model's task can say. */
export const collapse = {
  name: 'collapse',
  judge: (input) => answerOfTask('collapse', input),
} as const satisfies Check<GateInput>;
