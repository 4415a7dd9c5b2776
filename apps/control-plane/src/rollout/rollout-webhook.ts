import type { Webhook } from '@hamon/contracts';
import type { Note, NoteKind } from '@hamon/rollout';
import type { StoredRollout } from './stored-rollout.js';

/** Notes that say that a rollout stopped. */
const TYPES: Partial<Readonly<Record<NoteKind, Webhook['type']>>> = {
  paused: 'rollout.paused',
  'awaiting-approval': 'rollout.awaiting-approval',
  'gate-failed': 'rollout.failed',
  'rolled-back': 'rollout.rolled-back',
  aborted: 'rollout.aborted',
  succeeded: 'rollout.succeeded',
};

/** What a webhook says about a note; undefined for a note that nobody outside waits for. */
export function webhookOf(
  { rollout, fleet, where }: Pick<StoredRollout, 'rollout' | 'fleet' | 'where'>,
  { note, text, stage, judgement }: Note,
  { now, publicUrl }: { readonly now: Date; readonly publicUrl: string | undefined },
): Webhook | undefined {
  const type = TYPES[note];
  if (!type) return undefined;
  const { id, spec } = rollout;
  const { model, version } = spec;
  const path = `/v1/rollouts/${id}`;
  return {
    schema: 'hamon.webhook/1',
    type,
    timestamp: now.toISOString(),
    data: {
      fleet,
      rollout: { id, model, version, where, stage: stage + 1, stages: spec.stages.length },
      reason: text,
      evidence: judgement
        ? {
            verdict: judgement.verdict,
            checks: judgement.checks.map(({ name, variant, verdict, detail }) => ({
              ...{ name, verdict, detail },
              ...(variant !== undefined && { variant }),
            })),
          }
        : null,
      link: publicUrl === undefined ? path : below(publicUrl, path),
      command: `hamon rollout show ${id}`,
    },
  };
}

/** A proxy may serve the API under a path of its own. */
function below(publicUrl: string, path: string): string {
  const url = new URL(publicUrl);
  url.pathname = `${url.pathname.replace(/\/+$/, '')}${path}`;
  return url.href;
}
