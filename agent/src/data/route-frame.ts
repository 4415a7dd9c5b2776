import type { DevicePolicy, InferenceResult } from '@hamon/contracts';
import { tensorForm } from '@hamon/inference';
import type { DecodedFrame, FrameInput } from './decoded-frame.js';
import { edgeRun, type EdgeOutcome } from './edge-run.js';
import type { CloudFallback } from './fallback/cloud-fallback.js';
import type { Frame } from './frame.js';
import { hybridAnswer, type HybridAnswer } from './hybrid-answer.js';
import type { LoadedModel } from './loaded-model.js';
import type { ModelUses } from './model-uses.js';
import { edgeResult } from './outcome-of.js';
import type { SecondOpinion } from './second-opinion.js';
import type { ShadowRunner } from './shadow/shadow-runner.js';
import type { WindowHold } from './telemetry/telemetry-recorder.js';

/** Everything that a frame holds on to from its acceptance on, whatever is swapped meanwhile. */
export interface AcceptedFrame {
  readonly frame: Frame;
  readonly decoded: DecodedFrame;
  readonly input: FrameInput;
  readonly active: LoadedModel;
  readonly policy: DevicePolicy;
  readonly shadow: ShadowRunner | null;
  readonly window: WindowHold;
  readonly tally: { frames: number; errors: number };
  readonly uses: ModelUses;
  readonly fallback: CloudFallback | undefined;
  /** Told of what another than the answering one said of the frame, perhaps after its answer. */
  readonly opine: ((kind: SecondOpinion['kind'], result: InferenceResult) => void) | undefined;
}

/** Runs the frame at the edge, in the cloud where the policy says so, and afterwards in the shadow. */
export async function routeFrame(accepted: AcceptedFrame): Promise<HybridAnswer> {
  const { frame, active, policy, fallback, uses } = accepted;
  // Behind a run that is late already, the edge would be late too; it is asked only where nobody else may answer.
  const isBehind =
    uses.isBehind(active, policy.fallback.edgeDeadlineMs) && !!fallback?.mayAsk(policy.fallback);
  const edge = isBehind ? 'stuck' : runAtEdge(accepted);
  const answering = hybridAnswer(edge, policy.fallback, (reason) =>
    fallback?.ask(active.version.model, forCloud(frame, active), reason, policy.fallback),
  );
  if (accepted.shadow) void shadowAfterwards(accepted, accepted.shadow, edge, answering);
  const answer = await answering;
  if (answer.source === 'cloud') {
    accepted.window.counts.fallback(answer.reason);
    if (edge !== 'stuck') void edge.then((outcome) => opineAtEdge(accepted, outcome));
  }
  if (active.unloaded) accepted.window.counts.unloaded(answer.source === 'cloud');
  // A frame that the version was never asked for counts against it only where nobody else answered.
  else if (answer.source === 'none' && (isBehind || !active.host)) countError(accepted);
  return answer;
}

/** The cloud may run another version: it must know what a tensor's numbers mean here. */
const forCloud = (frame: Frame, active: LoadedModel): Frame =>
  frame.kind === 'tensor' ? { ...frame, form: tensorForm(active.bundle.input) } : frame;

async function runAtEdge(accepted: AcceptedFrame): Promise<EdgeOutcome> {
  const { active, input, window, tally, uses } = accepted;
  const release = uses.takeForRun(active);
  const hold = window.again();
  try {
    const outcome = await edgeRun(active, input);
    if (outcome.ok) {
      tally.frames += 1;
      hold.counts.edgeAnswer(outcome.value);
    } else if (active.host) {
      countError(accepted);
    }
    return outcome;
  } finally {
    hold.release();
    release();
  }
}

/** The cloud's answer was taken; the edge had, or comes to have, one of its own. */
function opineAtEdge({ active, opine }: AcceptedFrame, outcome: EdgeOutcome): void {
  if (outcome.ok) opine?.('edge-cloud', edgeResult(active, outcome.value, outcome.value.latencyMs));
}

function countError({ tally, window }: AcceptedFrame): void {
  tally.frames += 1;
  tally.errors += 1;
  window.counts.error();
}

async function shadowAfterwards(
  { decoded, window, uses, opine }: AcceptedFrame,
  shadow: ShadowRunner,
  edge: Promise<EdgeOutcome> | 'stuck',
  answering: Promise<HybridAnswer>,
): Promise<void> {
  const hold = window.again();
  const release = uses.take(shadow.model);
  const done = (): void => {
    hold.release();
    release();
  };
  // Both, so that the shadow never competes with the answer for the processor.
  const [outcome] = await Promise.all([edge, answering]);
  shadow.offer({
    frame: decoded,
    answering: outcome !== 'stuck' && outcome.ok ? outcome.value : null,
    record: hold.counts,
    onAnswer: (answer) => opine?.('shadow-current', edgeResult(shadow.model, answer, answer.latencyMs)),
    done,
  });
}
