import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Webhook } from '@hamon/contracts';
import { signWebhook } from '@hamon/trust';
import { sendWebhook } from '../../src/alerts/send-webhook.js';
import { eventually } from '../support/eventually.js';

const ROOT = new URL('../../../../', import.meta.url);
const FILE = fileURLToPath(new URL('examples/webhook/receive.mjs', ROOT));
const key = randomBytes(32);

const webhook: Webhook = {
  schema: 'hamon.webhook/1',
  type: 'rollout.paused',
  timestamp: '2026-03-01T12:00:00.000Z',
  data: {
    fleet: 'default',
    rollout: { id: randomUUID(), model: 'tiny', version: '2.0.0', where: '', stage: 1, stages: 3 },
    reason: 'stage 1 could not be judged: ✓',
    evidence: null,
    link: '/v1/rollouts/x',
    command: 'hamon rollout show x',
  },
};
const body = JSON.stringify(webhook);

let receiver: ChildProcess;
let url: string;
let said = '';

const post = async (id: string, at: Date, sent = body, by: Uint8Array = key): Promise<number> =>
  (await fetch(url, { method: 'POST', headers: { ...signWebhook(by, id, at, body) }, body: sent })).status;

describe('the receiver of webhooks in the examples', () => {
  beforeAll(async () => {
    const env = { ...process.env, HAMON_WEBHOOK_SECRET: `whsec_${key.toString('base64')}` };
    receiver = spawn(process.execPath, [FILE, '0'], { env, stdio: ['ignore', 'pipe', 'inherit'] });
    receiver.stdout?.on('data', (text: Buffer) => (said += text.toString()));
    url = await eventually('the receiver', async () => /http:\S+/.exec(said)?.[0]);
  });
  afterAll(() => void receiver.kill());

  it('takes what the control plane sends, a repeated one only once', async () => {
    const delivery = { id: randomUUID(), body };
    for (let i = 0; i < 2; i += 1) {
      const outcome = await sendWebhook({ url, key }, delivery, new AbortController().signal);
      expect(outcome).toEqual({ kind: 'taken' });
    }
    await eventually('its line', async () => said.includes('hamon rollout show x'));
    expect(await post(randomUUID(), new Date())).toBe(204);
    await eventually('the line of another one', async () => said.match(/rollout\.paused/g)?.length === 2);
  });

  it.each<[string, Date, string, Uint8Array]>([
    ['other bytes', new Date(), body.replace('2.0.0', '1.0.0'), key],
    ['another key', new Date(), body, randomBytes(32)],
    ['an old one', new Date(Date.now() - 3_600_000), body, key],
    ['no time', new Date(Number.NaN), body, key],
  ])('refuses %s', async (_what, at, sent, by) => {
    expect(await post(randomUUID(), at, sent, by)).toBe(401);
  });

  it('refuses what is not signed', async () => {
    expect((await fetch(url, { method: 'POST', body })).status).toBe(401);
  });

  it('verifies as the manual says', async () => {
    const manual = await readFile(new URL('docs/OPERATING.md', ROOT), 'utf8');
    const [, snippet = ''] = /```js\n([\s\S]*?)```/.exec(manual) ?? [];
    expect(snippet).toContain('timingSafeEqual');
    expect(await readFile(FILE, 'utf8')).toContain(snippet.trim());
  });
});
