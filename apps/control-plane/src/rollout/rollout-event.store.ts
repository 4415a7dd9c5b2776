import { Injectable } from '@nestjs/common';
import type { HistoryEvent } from '@hamon/contracts';
import { DataSource, type EntityManager } from 'typeorm';
import { historyEventOf, type HistoryRow } from '../platform/history/history-row.js';

export interface NewRolloutEvent {
  readonly kind: string;
  readonly text: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

/** SQL of a rollout's history. */
@Injectable()
export class RolloutEventStore {
  constructor(private readonly database: DataSource) {}

  /** The caller holds the rollout's row, so that numbers have no gaps. */
  async append(manager: EntityManager, rolloutId: string, events: readonly NewRolloutEvent[]): Promise<void> {
    await manager.query(
      `INSERT INTO rollout_events (rollout_id, seq, kind, text, detail)
       SELECT $1, (SELECT coalesce(max(seq), 0) FROM rollout_events WHERE rollout_id = $1) + n.place,
              n.event ->> 'kind', n.event ->> 'text', n.event -> 'detail'
       FROM jsonb_array_elements($2::jsonb) WITH ORDINALITY AS n (event, place)`,
      [rolloutId, JSON.stringify(events)],
    );
  }

  async after(rolloutId: string, seq: number, limit: number): Promise<HistoryEvent[]> {
    const rows = await this.database.query<HistoryRow[]>(
      `SELECT seq, at, kind, text FROM rollout_events WHERE rollout_id = $1 AND seq > $2 ORDER BY seq LIMIT $3`,
      [rolloutId, seq, limit],
    );
    return rows.map(historyEventOf);
  }
}
