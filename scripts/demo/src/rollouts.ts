import { setTimeout as delay } from 'node:timers/promises';
import { RolloutView, type StartRollout } from '@hamon/contracts';
import type { Api } from './api.js';

const TERMINAL: readonly RolloutView['state'][] = ['succeeded', 'rolled-back', 'aborted'];

/** Starts a rollout and says its progress until it ends, or pauses for a person whom the demo does not have. */
export async function runRollout(
  api: Api,
  request: StartRollout,
  say: (line: string) => void,
  { timeoutMs, signal }: { timeoutMs: number; signal: AbortSignal },
): Promise<RolloutView> {
  let rollout = await api.call('POST /v1/rollouts', RolloutView, { body: request });
  const told = new Set<string>();
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    for (const line of progressOf(rollout)) {
      if (told.has(line)) continue;
      told.add(line);
      say(line);
    }
    if (TERMINAL.includes(rollout.state) || rollout.state === 'paused') return rollout;
    if (Date.now() > deadline) {
      throw new Error(
        `the rollout of ${request.model}@${request.version} is still ${rollout.state} after ${timeoutMs / 1000} s`,
      );
    }
    await delay(250, undefined, { signal });
    rollout = await api.call('GET /v1/rollouts/{id}', RolloutView, { params: { id: rollout.id } });
  }
}

/** Every line that the rollout's present state justifies; the caller prints each once. */
function progressOf(rollout: RolloutView): string[] {
  const lines: string[] = [];
  rollout.stages.forEach((stage, i) => {
    const name = `stage ${i + 1}, ${stage.devices} of ${rollout.devices} devices`;
    if (stage.startedAt === null) return;
    lines.push(`${name}: deploying ${rollout.version}`);
    if (stage.state === 'watching') lines.push(`${name}: all there, watching`);
    if (stage.judgement && stage.endedAt !== null) {
      lines.push(`${name}: gate says ${stage.judgement.verdict.toUpperCase()}: ${stage.judgement.reason}`);
    }
  });
  if (rollout.state === 'rolling-back') lines.push('rolling back what was touched');
  if (rollout.state === 'rolled-back') lines.push(`${rollout.version} is rolled back: ${rollout.reason}`);
  if (rollout.state === 'succeeded') lines.push(`${rollout.version} is everywhere`);
  if (rollout.state === 'paused') lines.push(`paused: ${rollout.reason}`);
  return lines;
}
