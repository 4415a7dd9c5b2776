import { setTimeout as delay } from 'node:timers/promises';
import { RolloutView } from '@hamon/contracts';
import { createLogUpdate } from 'log-update';
import type { ApiClient } from './api-client.js';
import { ApiError } from './api-error.js';
import type { Output } from './output.js';
import { hasEnded, rolloutLine, rolloutText } from './rollout-text.js';

const POLL_MS = 500;
/** A control plane that restarts in the middle is normal; one that is gone for longer is worth an error. */
const MAX_SILENCE_MS = 120_000;

/** Follows a rollout to its end: a live view on a terminal, otherwise a line whenever something changed. */
export async function watchRollout(api: ApiClient, id: string, output: Output): Promise<RolloutView> {
  const live = !output.json && process.stderr.isTTY ? createLogUpdate(process.stderr) : undefined;
  let lastLine = '';
  let silentSince: number | undefined;
  for (;;) {
    const rollout = await api
      .get(`/v1/rollouts/${encodeURIComponent(id)}`, RolloutView)
      .catch((error: unknown) => {
        if (!(error instanceof ApiError) || error.code !== 'unreachable') throw error;
        silentSince ??= Date.now();
        if (Date.now() - silentSince > MAX_SILENCE_MS) throw error;
        return undefined;
      });
    if (rollout) {
      silentSince = undefined;
      if (live) live(rolloutText(rollout));
      const line = rolloutLine(rollout);
      if (!live && line !== lastLine) output.note(`${new Date().toISOString()}  ${line}`);
      lastLine = line;
      if (hasEnded(rollout)) {
        live?.clear();
        return rollout;
      }
    }
    await delay(POLL_MS);
  }
}
