import { LIVE_SOURCES, type SourceKind, type StreamConfig } from '@hamon/contracts';

/** What is seen of a stream that is tried. */
export interface StreamSeen {
  /** Null before it is at work. */
  readonly source: { readonly state: string; readonly detail?: string; readonly frames: number } | null;
  /** A model is there that answers it. */
  readonly hasModel: boolean;
  /** It has answered a frame of it since the stream changed. */
  readonly hasAnswered: boolean;
}

/** Of these, frames come when somebody sends them: to be ready is all that can be asked. */
const WAITING: readonly SourceKind[] = ['http', 'drop-folder'];

/** Why the stream has not come up yet, in a sentence; undefined where it has. */
export function whatIsMissing(
  config: Pick<StreamConfig, 'source' | 'from' | 'trigger'>,
  { source, hasModel, hasAnswered }: StreamSeen,
): string | undefined {
  if (!source) return 'it has not begun';
  if (config.from || config.source.kind === 'http') return undefined;
  if (source.state === 'failing') return source.detail ?? 'its source fails';
  if (source.state !== 'running') return source.detail ?? 'its source is still opening';
  if (WAITING.includes(config.source.kind)) return undefined;
  // A folder of images is played to a model alone; a camera shows what it shows.
  const isPlayed = !LIVE_SOURCES.includes(config.source.kind);
  if (source.frames === 0 && (hasModel || !isPlayed)) return 'no frame has come';
  // Whoever triggers it may be away for longer than any trial.
  if (hasModel && !hasAnswered && !config.trigger) return 'no frame has been answered';
  return undefined;
}
