import type { ResultRecord } from '@hamon/contracts';
import type { TellCondition } from '../../../src/conditions.js';
import type { DataEvent } from '../../../src/data/data-events.js';
import { CLOUD_RESULT } from '../support/cloud-server.js';

/** A record of its own, which can be told by `frame`. */
export const record = (i: number, more: Partial<ResultRecord> = {}): ResultRecord => ({
  schema: 'hamon.record/2',
  at: '2030-01-01T00:00:00.000Z',
  stream: 'main',
  id: `00000000-0000-4000-8000-${String(i).padStart(12, '0')}`,
  frame: `${i}.png`,
  result: CLOUD_RESULT,
  ...more,
});

/** What a sink tells: the conditions that stand, and its events. */
export function told() {
  const standing = new Map<string, string>();
  const events: DataEvent[] = [];
  const tellCondition: TellCondition = (code, trouble) => {
    if (trouble) standing.set(code, trouble.detail);
    else standing.delete(code);
  };
  return { standing, events, tellCondition, onEvent: (event: DataEvent) => void events.push(event) };
}
