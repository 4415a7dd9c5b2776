/** Frames of one stream since its agent's start. */
export interface StreamFrames {
  readonly frames: number;
  readonly answered: number;
  readonly skipped: number;
}

const NAMES = {
  hamon_frames_accepted_total: 'frames',
  hamon_frames_answered_total: 'answered',
  hamon_frames_skipped_total: 'skipped',
} as const;

/** By stream, from an agent's metrics (Prometheus' text format); sums over the models that answered it. */
export function streamFrames(metrics: string): ReadonlyMap<string, StreamFrames> {
  const streams = new Map<string, StreamFrames>();
  for (const [, name, labels = '', value] of metrics.matchAll(/^(\w+)\{([^}]*)\} (\S+)$/gm)) {
    const counter = NAMES[name as keyof typeof NAMES] as (typeof NAMES)[keyof typeof NAMES] | undefined;
    const stream = /stream="([^"]*)"/.exec(labels)?.[1];
    if (!counter || stream === undefined) continue;
    const known = streams.get(stream) ?? { frames: 0, answered: 0, skipped: 0 };
    streams.set(stream, { ...known, [counter]: known[counter] + Number(value) });
  }
  return streams;
}
