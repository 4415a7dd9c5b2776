import { isCompared, type GateInput } from '../gate-input.js';
import type { Check } from './check.js';
import { agreementWithoutLabels } from './labels.js';
import { answerOfTask } from './same-frames.js';

/** Do the two versions still do the same job? In the measure of the model's task, on the same frames. */
export const agreement = {
  name: 'agreement',
  judge: (input) => {
    if (!isCompared(input)) {
      return input.updates.relabelled.length > 0 ? agreementWithoutLabels(input) : undefined;
    }
    const answer = answerOfTask('agreement', input);
    const { unpairedFrames } = input.evidence;
    return answer && { ...answer, figures: { ...answer.figures, unpairedFrames } };
  },
  // Same-frame answers lack frames; what is judged without them is a person's to judge.
  lacks: ({ evidence }) => (evidence === 'absolute' ? 'person' : undefined),
} as const satisfies Check<GateInput>;
