import type { DevicePolicy, FallbackReason, InferenceResult } from '@hamon/contracts';
import type { EdgeAnswer, EdgeFailure, EdgeOutcome } from './edge-run.js';

type FallbackPolicy = DevicePolicy['fallback'];

/** The cloud's part: undefined while it may not be asked (breaker open, too many in flight, switched off). */
export type AskCloud = (reason: FallbackReason) => Promise<CloudReply> | undefined;

export type CloudReply =
  | { readonly ok: true; readonly value: InferenceResult }
  | { readonly ok: false; readonly error: { readonly detail: string } };

export type HybridAnswer =
  | { readonly source: 'edge'; readonly answer: EdgeAnswer }
  | { readonly source: 'cloud'; readonly answer: InferenceResult; readonly reason: FallbackReason }
  | { readonly source: 'none'; readonly detail: string };

/** What the edge said by its deadline: `late` is a run still going on, `stuck` a child that is behind already. */
type EdgeByDeadline = EdgeOutcome | 'late' | 'stuck';

/**
 * One answer out of two sources. The cloud's own deadline bounds every wait for it; the edge's is bounded by the hang
 * limit of its child, so that this always settles.
 *
 * @param edge - the run going on, or `stuck` where the child is behind already and no run was started.
 */
export async function hybridAnswer(
  edge: Promise<EdgeOutcome> | 'stuck',
  policy: FallbackPolicy,
  ask: AskCloud,
): Promise<HybridAnswer> {
  // Nobody else is asked: no deadline has to be watched.
  if (!policy.enabled && edge !== 'stuck') return fromEdge(await edge);
  const first = edge === 'stuck' ? edge : await byDeadline(edge, policy.edgeDeadlineMs);
  const reason = reasonToAsk(first, policy);
  const cloud = reason && ask(reason);
  if (!reason || !cloud) {
    return edge === 'stuck' ? { source: 'none', detail: 'the edge is behind' } : fromEdge(await edge);
  }
  const fromCloud = cloud.then((reply): HybridAnswer | string =>
    reply.ok ? { source: 'cloud', answer: reply.value, reason } : reply.error.detail,
  );
  const cloudElse = async (outcome: EdgeOutcome | 'stuck'): Promise<HybridAnswer> => {
    const reply = await fromCloud;
    if (typeof reply !== 'string') return reply;
    if (outcome === 'stuck') return { source: 'none', detail: `the edge is behind; cloud: ${reply}` };
    const answer = fromEdge(outcome);
    return answer.source === 'none'
      ? { source: 'none', detail: `${answer.detail}; cloud: ${reply}` }
      : answer;
  };
  if (edge === 'stuck') return cloudElse(edge);
  if (first !== 'late') return cloudElse(await edge);
  // Both are under way: whichever is good first wins, and either waits for the other before it gives up.
  return Promise.race([
    edge.then((outcome) => (reasonToAsk(outcome, policy) ? cloudElse(outcome) : fromEdge(outcome))),
    fromCloud.then(async (reply) => (typeof reply === 'string' ? cloudElse(await edge) : reply)),
  ]);
}

function reasonToAsk(edge: EdgeByDeadline, policy: FallbackPolicy): FallbackReason | undefined {
  if (edge === 'late' || edge === 'stuck') return 'too-slow';
  if (!edge.ok) return edge.error.code === 'worker-down' ? 'worker-down' : 'edge-error';
  const { confidence } = edge.value;
  return confidence !== null && confidence < policy.minConfidence ? 'low-confidence' : undefined;
}

const fromEdge = (edge: EdgeOutcome): HybridAnswer =>
  edge.ok ? { source: 'edge', answer: edge.value } : { source: 'none', detail: describeFailure(edge.error) };

const describeFailure = ({ code, detail }: EdgeFailure): string => `edge: ${code}: ${detail}`;

async function byDeadline(edge: Promise<EdgeOutcome>, deadlineMs: number): Promise<EdgeOutcome | 'late'> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(resolve, deadlineMs, 'late');
  });
  try {
    return await Promise.race([edge, late]);
  } finally {
    clearTimeout(timer);
  }
}
