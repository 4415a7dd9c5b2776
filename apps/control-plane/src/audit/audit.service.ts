import { Injectable } from '@nestjs/common';
import type { AuditEntryView, Page, PageQuery } from '@hamon/contracts';
import { DataSource, type EntityManager } from 'typeorm';
import { decodeCursor, toPage } from '../platform/http/page.js';
import { AuditEntry } from './audit-entry.entity.js';

/** What happened, who did it, to what. */
export interface AuditRecord {
  readonly fleet: string;
  /** `admin:NAME`, `device:ID`, or the part of the control plane that acted by itself, such as `rollout`. */
  readonly actor: string;
  /** Verb and object, for example `version.release`. */
  readonly action: string;
  readonly subject: string;
  readonly detail?: Record<string, unknown>;
}

/** The ledger of who did what on what evidence. */
@Injectable()
export class AuditService {
  constructor(private readonly database: DataSource) {}

  /** Written in the transaction of the change itself: there is no change without its entry, nor the other way round. */
  async record(manager: EntityManager, { detail = {}, ...entry }: AuditRecord): Promise<void> {
    await manager.insert(AuditEntry, { ...entry, detail } as object);
  }

  /** Newest first. */
  async list(fleet: string, query: PageQuery): Promise<Page<AuditEntryView>> {
    const [before] = decodeCursor(query, ['integer']) ?? [];
    const builder = this.database
      .createQueryBuilder(AuditEntry, 'entry')
      .where('entry.fleet = :fleet', { fleet })
      .orderBy('entry.id', 'DESC')
      .limit(query.limit + 1);
    if (before !== undefined) builder.andWhere('entry.id < :before', { before });
    return toPage(await builder.getMany(), query.limit, ({ id }) => [id], viewOf);
  }
}

const viewOf = ({ id, at, actor, action, subject, detail }: AuditEntry): AuditEntryView => ({
  id,
  at: at.toISOString(),
  actor,
  action,
  subject,
  detail,
});
