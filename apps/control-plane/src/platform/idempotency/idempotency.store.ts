import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

export interface RequestKey {
  readonly fleet: string;
  readonly actor: string;
  readonly key: string;
}

/** What is known of a key: nothing (it is ours now), an answer, or why it cannot be used. */
export type Begun =
  | { readonly kind: 'new' }
  | { readonly kind: 'answered'; readonly status: number; readonly response: unknown }
  | { readonly kind: 'running' }
  | { readonly kind: 'other-request' };

/** A request without an answer after this time died with its process; a repetition carries it out. */
const ABANDONED_SECONDS = 600;

/** Answers by idempotency key. */
@Injectable()
export class IdempotencyStore {
  constructor(private readonly database: DataSource) {}

  async begin({ fleet, actor, key }: RequestKey, route: string, digest: string): Promise<Begun> {
    const taken = await this.database.query<unknown[]>(
      `INSERT INTO idempotency_keys AS known (fleet, actor, key, route, request_digest)
       VALUES ($1, $2, $3, $4, $5)
       ON CONFLICT (fleet, actor, key) DO UPDATE SET created_at = now()
         WHERE known.status IS NULL AND known.request_digest = excluded.request_digest
           AND known.created_at < now() - make_interval(secs => $6)
       RETURNING key`,
      [fleet, actor, key, route, digest, ABANDONED_SECONDS],
    );
    if (taken.length > 0) return { kind: 'new' };
    const [row] = await this.database.query<
      { request_digest: string; status: number | null; response: unknown }[]
    >(
      'SELECT request_digest, status, response FROM idempotency_keys WHERE fleet = $1 AND actor = $2 AND key = $3',
      [fleet, actor, key],
    );
    // Removed between the two statements, because its request failed: the caller may simply repeat it.
    if (!row) return { kind: 'running' };
    if (row.request_digest !== digest) return { kind: 'other-request' };
    return row.status === null
      ? { kind: 'running' }
      : { kind: 'answered', status: row.status, response: row.response };
  }

  async finish({ fleet, actor, key }: RequestKey, status: number, response: unknown): Promise<void> {
    await this.database.query(
      `UPDATE idempotency_keys SET status = $4, response = $5 WHERE fleet = $1 AND actor = $2 AND key = $3`,
      [fleet, actor, key, status, JSON.stringify(response ?? null)],
    );
  }

  async forget({ fleet, actor, key }: RequestKey): Promise<void> {
    await this.database.query(
      'DELETE FROM idempotency_keys WHERE fleet = $1 AND actor = $2 AND key = $3 AND status IS NULL',
      [fleet, actor, key],
    );
  }

  async sweep(olderThanSeconds: number): Promise<void> {
    await this.database.query(
      'DELETE FROM idempotency_keys WHERE created_at < now() - make_interval(secs => $1)',
      [olderThanSeconds],
    );
  }
}
