import { describe, expect, it } from 'vitest';
import { DEFAULT_DEVICE_POLICY, type FallbackReason } from '@hamon/contracts';
import type { EdgeOutcome } from '../../src/data/edge-run.js';
import { hybridAnswer, type AskCloud, type CloudReply } from '../../src/data/hybrid-answer.js';
import { CLOUD_RESULT } from './support/cloud-server.js';

const policy = { ...DEFAULT_DEVICE_POLICY.fallback, enabled: true, minConfidence: 0.5, edgeDeadlineMs: 20 };
const frame = { width: 8, height: 8 };
const edgeSays = (confidence: number | null): EdgeOutcome => ({
  ok: true,
  value: { output: { label: 'good', confidence: 1, probabilities: [1] }, frame, confidence, latencyMs: 1 },
});
const edgeFails = (code: 'worker-down' | 'run-failed'): EdgeOutcome => ({
  ok: false,
  error: { code, detail: 'gone' },
});
const cloudSays: CloudReply = { ok: true, value: CLOUD_RESULT };
const cloudFails: CloudReply = { ok: false, error: { detail: 'HTTP 503' } };

interface Deferred<T> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
}
function deferred<T>(): Deferred<T> {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((r) => {
    resolve = r;
  });
  return { promise, resolve };
}

/** A cloud that replies, and remembers why it was asked. */
function cloud(reply: CloudReply | Promise<CloudReply>): { ask: AskCloud; reasons: FallbackReason[] } {
  const reasons: FallbackReason[] = [];
  return {
    reasons,
    ask: (reason) => {
      reasons.push(reason);
      return Promise.resolve(reply);
    },
  };
}

describe('hybridAnswer', () => {
  it.each([
    { edge: edgeSays(0.9), reply: cloudSays, source: 'edge', reasons: [] },
    { edge: edgeSays(0.4), reply: cloudSays, source: 'cloud', reasons: ['low-confidence'] },
    { edge: edgeSays(null), reply: cloudSays, source: 'edge', reasons: [] },
    { edge: edgeSays(0.4), reply: cloudFails, source: 'edge', reasons: ['low-confidence'] },
    { edge: edgeFails('worker-down'), reply: cloudSays, source: 'cloud', reasons: ['worker-down'] },
    { edge: edgeFails('worker-down'), reply: cloudFails, source: 'none', reasons: ['worker-down'] },
    { edge: edgeFails('run-failed'), reply: cloudSays, source: 'cloud', reasons: ['edge-error'] },
    { edge: edgeFails('run-failed'), reply: cloudFails, source: 'none', reasons: ['edge-error'] },
  ])('takes $source after asking for $reasons', async ({ edge, reply, source, reasons }) => {
    const { ask, reasons: asked } = cloud(reply);
    expect((await hybridAnswer(Promise.resolve(edge), policy, ask)).source).toBe(source);
    expect(asked).toEqual(reasons);
  });

  it('uses an unsure edge answer at once while the cloud may not be asked', async () => {
    const answer = await hybridAnswer(Promise.resolve(edgeSays(0.1)), policy, () => undefined);
    expect(answer.source).toBe('edge');
  });

  it('says both reasons where nobody had an answer', async () => {
    const answer = await hybridAnswer(
      Promise.resolve(edgeFails('run-failed')),
      policy,
      cloud(cloudFails).ask,
    );
    expect(answer).toEqual({ source: 'none', detail: 'edge: run-failed: gone; cloud: HTTP 503' });
  });

  describe('when the edge is past its deadline', () => {
    it('takes the cloud, and the edge where the cloud fails', async () => {
      const late = deferred<EdgeOutcome>();
      const { ask, reasons } = cloud(cloudSays);
      expect(await hybridAnswer(late.promise, policy, ask)).toMatchObject({
        source: 'cloud',
        reason: 'too-slow',
      });
      expect(reasons).toEqual(['too-slow']);

      const waiting = hybridAnswer(late.promise, policy, cloud(cloudFails).ask);
      late.resolve(edgeSays(0.9));
      expect((await waiting).source).toBe('edge');
    });

    it('takes a sure edge answer that comes before the cloud, and lets an unsure one wait', async () => {
      for (const [confidence, source] of [
        [0.9, 'edge'],
        [0.2, 'cloud'],
      ] as const) {
        const [late, slowCloud, asked] = [deferred<EdgeOutcome>(), deferred<CloudReply>(), deferred<void>()];
        const waiting = hybridAnswer(late.promise, policy, () => {
          asked.resolve();
          return slowCloud.promise;
        });
        await asked.promise;
        late.resolve(edgeSays(confidence));
        if (source === 'cloud') slowCloud.resolve(cloudSays);
        expect((await waiting).source).toBe(source);
      }
    });

    it('has no answer only after both have failed, in either order', async () => {
      for (const edgeFirst of [true, false]) {
        const [late, slowCloud, asked] = [deferred<EdgeOutcome>(), deferred<CloudReply>(), deferred<void>()];
        const waiting = hybridAnswer(late.promise, policy, () => {
          asked.resolve();
          return slowCloud.promise;
        });
        await asked.promise;
        if (edgeFirst) late.resolve(edgeFails('run-failed'));
        slowCloud.resolve(cloudFails);
        if (!edgeFirst) late.resolve(edgeFails('run-failed'));
        expect((await waiting).source).toBe('none');
      }
    });

    it('waits for the edge while the cloud may not be asked', async () => {
      const late = deferred<EdgeOutcome>();
      const waiting = hybridAnswer(late.promise, { ...policy, edgeDeadlineMs: 1 }, () => {
        late.resolve(edgeSays(0.1));
        return undefined;
      });
      expect((await waiting).source).toBe('edge');
    });
  });

  it('asks the cloud alone while the child is behind', async () => {
    expect(await hybridAnswer('stuck', policy, cloud(cloudSays).ask)).toMatchObject({ source: 'cloud' });
    expect((await hybridAnswer('stuck', policy, cloud(cloudFails).ask)).source).toBe('none');
  });
});
