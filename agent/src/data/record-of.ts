import { randomUUID } from 'node:crypto';
import type { DefectRule, FrameVerdict, InferenceResult } from '@hamon/contracts';
import { taskNamed } from '@hamon/tasks';
import type { AnsweredFrame } from './answered-frame.js';
import type { Frame, FrameOutcome } from './frame.js';

/** What a record says of a frame beside its answer. */
export type FrameLabel = Pick<Frame, 'name' | 'origin'> & {
  readonly region?: AnsweredFrame['record']['region'];
};

export interface RecordParts {
  readonly stream: string;
  readonly defect: DefectRule | undefined;
  readonly at: Date;
}

/** What became of one frame, for its stream's sinks. */
export function recordOf(
  { name, origin = {}, region }: FrameLabel,
  outcome: FrameOutcome,
  { stream, defect, at }: RecordParts,
): AnsweredFrame['record'] {
  const id = origin.id ?? randomUUID();
  const verdict = outcome.ok ? verdictOf(outcome.value, defect) : undefined;
  return {
    schema: 'hamon.record/2',
    at: at.toISOString(),
    stream,
    ...origin,
    id,
    trace: origin.trace ?? id,
    ...(name !== undefined && { frame: name }),
    ...(region && { region }),
    ...(verdict && { verdict }),
    ...(outcome.ok ? { result: outcome.value } : { error: outcome.error }),
  };
}

/** Undefined where neither the stream nor the task says what a defect is. */
function verdictOf({ task, output }: InferenceResult, rule: DefectRule = {}): FrameVerdict | undefined {
  const isDefect = taskNamed(task).isDefect(output, rule);
  if (isDefect === null) return undefined;
  return isDefect ? 'defect' : 'ok';
}
