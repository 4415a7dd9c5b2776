import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { Webhook } from '@hamon/contracts';
import { DataSource, type EntityManager } from 'typeorm';

export interface DueWebhook {
  readonly id: string;
  readonly kind: string;
  readonly subject: string;
  readonly body: string;
  /** This one included. */
  readonly attempts: number;
  readonly createdAt: Date;
}

export const DELIVERY_STATES = ['pending', 'delivered', 'given-up'] as const;
export type DeliveryState = (typeof DELIVERY_STATES)[number];

/** SQL of webhooks on their way. */
@Injectable()
export class WebhookStore {
  constructor(private readonly database: DataSource) {}

  /** In the transaction of the change that it reports: both are stored, or neither. */
  async insert(manager: EntityManager, webhook: Webhook): Promise<void> {
    const { type, data } = webhook;
    await manager.query(
      `INSERT INTO webhook_deliveries (id, fleet, kind, subject, body) VALUES ($1, $2, $3, $4, $5)`,
      [randomUUID(), data.fleet, type, data.rollout.id, JSON.stringify(webhook)],
    );
  }

  /**
   * Takes the delivery that has waited longest, for `leaseSeconds`. Nothing is locked while it is sent; where this
   * process ends meanwhile, another one sends it again.
   */
  async claim(leaseSeconds: number): Promise<DueWebhook | undefined> {
    const [rows] = await this.database.query<[DueWebhook[], number]>(
      `UPDATE webhook_deliveries SET attempts = attempts + 1, next_attempt_at = now() + make_interval(secs => $1)
       WHERE id = (SELECT id FROM webhook_deliveries WHERE state = 'pending' AND next_attempt_at <= now()
                   ORDER BY next_attempt_at LIMIT 1 FOR UPDATE SKIP LOCKED)
       RETURNING id, kind, subject, body, attempts, created_at AS "createdAt"`,
      [leaseSeconds],
    );
    return rows[0];
  }

  /** Ends the delivery: it succeeded, or it was given up. */
  async end(id: string, state: Exclude<DeliveryState, 'pending'>, failure: string | null): Promise<void> {
    await this.database.query(
      `UPDATE webhook_deliveries SET state = $2, last_failure = $3, ended_at = now()
       WHERE id = $1 AND state = 'pending'`,
      [id, state, failure],
    );
  }

  async retry(id: string, afterSeconds: number, failure: string): Promise<void> {
    await this.database.query(
      `UPDATE webhook_deliveries SET next_attempt_at = now() + make_interval(secs => $2), last_failure = $3
       WHERE id = $1 AND state = 'pending'`,
      [id, afterSeconds, failure],
    );
  }

  /** A delivery that still waits by then was for a receiver that is no longer configured. */
  async sweep(afterDays: number): Promise<void> {
    await this.database.query(
      `DELETE FROM webhook_deliveries
       WHERE ended_at < now() - make_interval(days => $1)
          OR state = 'pending' AND created_at < now() - make_interval(days => $1)`,
      [afterDays],
    );
  }

  async counts(): Promise<ReadonlyMap<DeliveryState, number>> {
    const rows = await this.database.query<{ state: DeliveryState; count: number }[]>(
      `SELECT state, count(*)::int AS count FROM webhook_deliveries GROUP BY state`,
    );
    return new Map(rows.map(({ state, count }) => [state, count]));
  }
}
