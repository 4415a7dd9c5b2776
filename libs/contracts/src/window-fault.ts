import type { LatencySketch } from './evidence.js';

/** Most frames a second that one child process, working on one frame at a time, can be given. */
const MAX_FRAMES_PER_SECOND = 5000;
/** A clock that was set back makes a window look shorter than it was … */
const LEAST_SECONDS = 10;
/** … and one that was set forward longer: none is meant to be. */
const MOST_SECONDS = 3600;

/** The counters of a window and their limits. */
export interface WindowCounts {
  readonly startedAt: string;
  readonly endedAt: string;
  readonly inferences: number;
  readonly errors: number;
  readonly skipped: number;
  readonly paced?: number;
  readonly fallbacks: Readonly<Record<string, number | undefined>>;
  readonly unloaded?: { readonly rescued: number; readonly unanswered: number } | undefined;
  readonly rejected?: { readonly undecodable: number; readonly mismatched: number };
  readonly latencyMs: Pick<LatencySketch, 'count'>;
  readonly summary: { readonly answers: number };
  readonly shadow?:
    | {
        readonly inferences: number;
        readonly errors: number;
        readonly latencyMs: Pick<LatencySketch, 'count'>;
        readonly comparison?: { readonly frames: number } | undefined;
      }
    | undefined;
}

export interface WindowFault {
  readonly path: readonly string[];
  readonly rule: string;
}

/**
 * Why a window's counters cannot be true, or undefined. A gate sums windows of many devices: a single invented count
 * would outweigh all others, or leave the range in which sums are exact.
 */
export function windowFault(window: WindowCounts): WindowFault | undefined {
  const { inferences, errors, unloaded, shadow } = window;
  const fallbacks = total(Object.values(window.fallbacks));
  const rescued = unloaded?.rescued ?? 0;
  const most = mostFrames(window);
  const answered = 'the answers that they are about';
  const rules: readonly (readonly [path: readonly string[], n: number, limit: number, what: string])[] = [
    [['inferences'], inferences + errors, most, `${most} frames with the errors, for its length`],
    [['fallbacks'], fallbacks, most, `${most} frames, for its length`],
    [['unloaded', 'unanswered'], unloaded?.unanswered ?? 0, most, `${most} frames, for its length`],
    [['unloaded', 'rescued'], rescued, window.fallbacks['worker-down'] ?? 0, 'the fallbacks for worker-down'],
    [['paced'], window.paced ?? 0, window.skipped, 'the frames that were left out'],
    [['rejected'], total(Object.values(window.rejected ?? {})), most, `${most} frames, for its length`],
    [['summary', 'answers'], window.summary.answers, inferences, answered],
    [['latencyMs', 'count'], window.latencyMs.count, inferences, answered],
    ...(shadow
      ? ([
          [
            ['shadow', 'inferences'],
            shadow.inferences + shadow.errors,
            most,
            `${most} frames, for its length`,
          ],
          [['shadow', 'latencyMs', 'count'], shadow.latencyMs.count, shadow.inferences, answered],
          [['shadow', 'comparison', 'frames'], shadow.comparison?.frames ?? 0, shadow.inferences, answered],
        ] as const)
      : []),
  ];
  const broken = rules.find(([, n, limit]) => !(n <= limit));
  return broken && { path: broken[0], rule: `must not exceed ${broken[3]}` };
}

function mostFrames({ startedAt, endedAt }: WindowCounts): number {
  const seconds = (Date.parse(endedAt) - Date.parse(startedAt)) / 1000;
  return Math.floor(MAX_FRAMES_PER_SECOND * Math.min(MOST_SECONDS, Math.max(LEAST_SECONDS, seconds)));
}

const total = (counts: readonly (number | undefined)[]): number =>
  counts.reduce<number>((sum, n) => sum + (n ?? 0), 0);
