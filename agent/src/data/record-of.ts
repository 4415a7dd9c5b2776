import type { ResultRecord } from '@hamon/contracts';
import type { Frame, FrameOutcome } from './frame.js';

/** What became of one frame, for its stream's sinks. */
export const recordOf = ({ name }: Frame, outcome: FrameOutcome, stream: string, at: Date): ResultRecord => ({
  schema: 'hamon.record/2',
  at: at.toISOString(),
  stream,
  ...(name !== undefined && { frame: name }),
  ...(outcome.ok ? { result: outcome.value } : { error: outcome.error }),
});
