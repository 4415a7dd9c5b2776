import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { Webhook } from '@hamon/contracts';
import type { EntityManager } from 'typeorm';
import { Clock } from '../platform/clock/clock.js';
import { Config } from '../platform/config/config.js';
import { Log } from '../platform/log.js';
import { startPeriodic, type Periodic } from '../platform/periodic.js';
import { sendWebhook, type WebhookTarget } from './send-webhook.js';
import { retryAfterSeconds } from './webhook-retry.js';
import { WebhookStore, type DueWebhook } from './webhook.store.js';

const POLL_MS = 1000;
/** Longer than an attempt and storing its outcome take. */
const LEASE_SECONDS = 60;
const SWEEP_MS = 3_600_000;
const KEPT_DAYS = 30;

/**
 * Webhooks are stored with the decision that they report and sent by a worker of their own, at least once. A receiver
 * that hangs holds nobody up, and one that is away is tried again for a day.
 */
@Injectable()
export class Webhooks implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly target: WebhookTarget | undefined;
  private readonly leaving = new AbortController();
  private sending: Periodic | undefined;
  private sweeping: Periodic | undefined;

  constructor(
    { webhookUrl, webhookSecret }: Config,
    private readonly store: WebhookStore,
    private readonly log: Log,
    private readonly clock: Clock,
  ) {
    if (webhookUrl !== undefined && webhookSecret !== undefined) {
      this.target = { url: webhookUrl, key: webhookSecret };
    }
  }

  onApplicationBootstrap(): void {
    const target = this.target;
    if (target) this.sending = startPeriodic('sending webhooks', POLL_MS, () => this.drain(target), this.log);
    // Also where no receiver is configured: what was sent before still has to be removed.
    this.sweeping = startPeriodic('sweeping webhooks', SWEEP_MS, () => this.store.sweep(KEPT_DAYS), this.log);
    this.sweeping.kick();
  }

  async onModuleDestroy(): Promise<void> {
    this.leaving.abort(new Error('the control plane stops'));
    await Promise.all([this.sending?.stop(), this.sweeping?.stop()]);
  }

  /** Is a receiver configured? */
  get isWanted(): boolean {
    return this.target !== undefined;
  }

  async add(manager: EntityManager, webhook: Webhook): Promise<void> {
    if (this.isWanted) await this.store.insert(manager, webhook);
  }

  private async drain(target: WebhookTarget): Promise<void> {
    while (!this.leaving.signal.aborted) {
      const due = await this.store.claim(LEASE_SECONDS);
      if (!due) return;
      await this.deliver(target, due);
    }
  }

  private async deliver(target: WebhookTarget, due: DueWebhook): Promise<void> {
    const { id, kind, subject, attempts } = due;
    const outcome = await sendWebhook(target, due, this.leaving.signal);
    if (outcome.kind === 'taken') return this.store.end(id, 'delivered', null);
    // Our own stop cut it short: the next process sends it again.
    if (this.leaving.signal.aborted) return this.store.retry(id, 0, 'the control plane stopped');
    const { why } = outcome;
    const fields = { webhook: id, type: kind, subject, attempts, why };
    const wait =
      outcome.kind === 'gone' ? undefined : retryAfterSeconds(due, this.clock.now(), Math.random());
    if (wait === undefined) {
      this.log.error('a webhook is given up', new Error(why), fields);
      return this.store.end(id, 'given-up', why);
    }
    this.log.warn('a webhook could not be delivered yet', fields);
    return this.store.retry(id, wait, why);
  }
}
