import type { InferenceResult } from '@hamon/contracts';
import type { EdgeAnswer } from './edge-run.js';
import type { FrameCounters } from './frame-counters.js';
import type { FrameOutcome } from './frame.js';
import type { HybridAnswer } from './hybrid-answer.js';
import type { LoadedModel } from './loaded-model.js';

export const RETRY_AFTER_MS = 1000;

/** One version's own answer as a result. */
export function edgeResult(
  { version: { model, version, variant }, task }: LoadedModel,
  { output, frame }: Pick<EdgeAnswer, 'output' | 'frame'>,
  latencyMs: number,
): InferenceResult {
  const named = { model, version, variant, task: task.name };
  return { ...{ schema: 'hamon.result/2', ...named, source: 'edge', latencyMs, frame, output } };
}

/** What becomes of an accepted frame, counted. */
export function outcomeOf(
  loaded: LoadedModel,
  answer: HybridAnswer,
  tookMs: number,
  frames: FrameCounters,
): FrameOutcome {
  const latencyMs = Math.round(tookMs * 1000) / 1000;
  switch (answer.source) {
    case 'none':
      frames.fail();
      return {
        ok: false,
        error: { code: 'unanswered', detail: answer.detail, retryAfterMs: RETRY_AFTER_MS },
      };
    case 'cloud':
      frames.answer(answer.reason);
      return { ok: true, value: { ...answer.answer, source: 'cloud', latencyMs } };
    case 'edge': {
      frames.answer();
      return { ok: true, value: edgeResult(loaded, answer.answer, latencyMs) };
    }
  }
}
