import { createHash } from 'node:crypto';
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { SinkOf } from '@hamon/contracts';
import { parseWebhookSecret } from '@hamon/trust';
import type { SinkParts } from '../sink-parts.js';
import { WebhookSink } from './webhook-sink.js';

const MB = 1024 ** 2;
/** What a receiver did not take that no stream names any more. */
const FORGOTTEN_MS = 30 * 24 * 3_600_000;

/** Receivers are one where address and key are. */
export const webhookPlace = ({ url, secret }: Pick<SinkOf<'webhook'>, 'url' | 'secret'>): string =>
  `${url} ${secret.secret}`;

export function openWebhook(config: SinkOf<'webhook'>, parts: SinkParts): WebhookSink {
  const { url, secret, timeoutMs, maxRecords, maxMb } = config;
  const { secrets, stateFolder, now, tellCondition, onEvent } = parts;
  const stores = join(stateFolder, 'webhooks');
  const name = createHash('sha256').update(webhookPlace(config)).digest('hex').slice(0, 16);
  return new WebhookSink({
    ...{ url, timeoutMs, now, tellCondition, onEvent },
    key: async () => keyOf(await secrets.resolve(secret), secret.secret),
    store: { folder: join(stores, name), maxRecords, maxBytes: maxMb * MB },
    before: removeForgotten(stores, name).catch(() => undefined),
  });
}

function keyOf(text: string, name: string): Uint8Array {
  try {
    return parseWebhookSecret(text);
  } catch (cause) {
    throw new Error(`the secret "${name}" ${(cause as Error).message}`, { cause });
  }
}

/** A receiver that comes back into the configuration finds its records for a month. */
async function removeForgotten(stores: string, own: string): Promise<void> {
  const names = await readdir(stores).catch(() => []);
  for (const name of names.filter((other) => other !== own)) {
    const folder = join(stores, name);
    const changedAt = await stat(folder).then(
      ({ mtimeMs }) => mtimeMs,
      () => Infinity,
    );
    // An empty one may be that of a receiver that takes everything.
    const isForgotten = Date.now() - changedAt > FORGOTTEN_MS && (await readdir(folder)).length > 0;
    if (isForgotten) await rm(folder, { recursive: true, force: true });
  }
}
