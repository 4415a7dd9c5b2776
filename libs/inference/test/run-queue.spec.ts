import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { InferenceError } from '../src/inference-error.js';
import { RunQueue } from '../src/host/run-queue.js';

type Event = 'run' | 'answer' | 'fault' | 'stranger' | 'fail-all';
const events = fc.array(
  fc.constantFrom<Event>('run', 'run', 'run', 'answer', 'answer', 'fault', 'stranger', 'fail-all'),
  { maxLength: 60 },
);

describe('RunQueue', () => {
  it('gives every run exactly one outcome and keeps one at most in the child', () => {
    fc.assert(
      fc.property(events, fc.integer({ min: 0, max: 4 }), (happenings, maxWaiting) => {
        const outcomes = new Map<number, number>();
        const sent: number[] = [];
        const queue = new RunQueue(maxWaiting, ({ id }) => sent.push(id));
        const answered = { tensors: new Map(), runMs: 1 };
        let id = 0;
        const inChild = (): number => sent.at(-1) ?? -1;
        for (const happening of happenings) {
          if (happening === 'run') {
            id += 1;
            const mine = id;
            outcomes.set(mine, 0);
            const settle = (): void => void outcomes.set(mine, (outcomes.get(mine) ?? 0) + 1);
            queue.add(
              { id: mine, kind: 2, body: new Uint8Array(0), resolve: settle, reject: settle },
              undefined,
            );
          } else if (happening === 'answer') queue.settle(inChild(), answered);
          else if (happening === 'fault') queue.settle(inChild(), new InferenceError('run-failed', 'no'));
          else if (happening === 'stranger') expect(queue.settle(9999, answered)).toBe(false);
          else queue.failAll('worker-crashed', 'gone');
          expect(queue.length).toBeLessThanOrEqual(maxWaiting + 1);
        }
        queue.failAll('stopped', 'end');
        expect([...outcomes.values()].filter((count) => count !== 1)).toEqual([]);
        expect(new Set(sent).size).toBe(sent.length);
      }),
    );
  });
});
