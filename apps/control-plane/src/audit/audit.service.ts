import { Injectable } from '@nestjs/common';
import type { AuditEntryView, AuditQuery, Page } from '@hamon/contracts';
import { DataSource, type EntityManager } from 'typeorm';
import { queryPage } from '../platform/http/list-page.js';
import { fieldCondition } from '../platform/http/where.js';
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

  /** Written in the transaction of the change itself: neither is there without the other. */
  async record(manager: EntityManager, { detail = {}, ...entry }: AuditRecord): Promise<void> {
    await manager.insert(AuditEntry, { ...entry, detail } as object);
  }

  /** Newest first. */
  async list(fleet: string, query: AuditQuery): Promise<Page<AuditEntryView>> {
    const { subject, action, actor } = query;
    const parameters: unknown[] = [fleet];
    const asked = Object.entries({ subject, action, actor })
      .filter(([, value]) => value !== undefined)
      .map(([column, value]) => ` AND ${column} = $${parameters.push(value)}`);
    const list = {
      columns: 'id, at, actor, action, subject, detail',
      ...{ from: 'audit_entries', scope: `fleet = $1${asked.join('')}`, parameters },
      condition: fieldCondition({ actor: 'actor', action: 'action', subject: 'subject' }),
      key: [{ sql: 'id', kind: 'integer' }],
      order: 'DESC',
    } as const;
    return queryPage(this.database, list, query, viewOf);
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
