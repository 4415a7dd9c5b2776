import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { CreateEnrolmentToken, EnrolmentTokenView, Page, PageQuery } from '@hamon/contracts';
import { DataSource } from 'typeorm';
import type { AdminCaller } from '../access/caller.js';
import { actorOf } from '../access/caller.js';
import { newToken, tokenHash } from '../access/token-hash.js';
import { AuditService } from '../audit/audit.service.js';
import { decodeCursor, toPage } from '../platform/http/page.js';
import { EnrolmentToken } from './enrolment-token.entity.js';
import { refuseReservedLabels } from './reserved-labels.js';

@Injectable()
export class EnrolmentTokenService {
  constructor(
    private readonly database: DataSource,
    private readonly audit: AuditService,
  ) {}

  async create(
    caller: AdminCaller,
    { uses, ttlSeconds, labels }: CreateEnrolmentToken,
  ): Promise<EnrolmentTokenView> {
    refuseReservedLabels(labels);
    const token = newToken();
    const id = randomUUID();
    const expiresAt = new Date(Date.now() + ttlSeconds * 1000);
    const { fleet } = caller;
    await this.database.transaction(async (manager) => {
      await manager.insert(EnrolmentToken, {
        ...{ id, fleet, labels, expiresAt },
        hash: tokenHash(token),
        usesLeft: uses,
      });
      await this.audit.record(manager, {
        fleet,
        actor: actorOf(caller),
        action: 'enrolment-token.create',
        subject: id,
        detail: { uses, labels, expiresAt: expiresAt.toISOString() },
      });
    });
    return { id, token, usesLeft: uses, expiresAt: expiresAt.toISOString(), labels };
  }

  /** Oldest first; the tokens themselves are not known any more. */
  async list(fleet: string, query: PageQuery): Promise<Page<EnrolmentTokenView>> {
    const [createdAt, id] = decodeCursor(query, ['timestamp', 'uuid']) ?? [];
    const builder = this.database
      .createQueryBuilder(EnrolmentToken, 'token')
      .where('token.fleet = :fleet', { fleet })
      .orderBy('token.created_at')
      .addOrderBy('token.id')
      .limit(query.limit + 1);
    if (createdAt !== undefined)
      builder.andWhere('(token.created_at, token.id) > (:createdAt, :id)', { createdAt, id });
    return toPage(
      await builder.getMany(),
      query.limit,
      (token) => [token.createdAt.toISOString(), token.id],
      (token) => ({
        id: token.id,
        usesLeft: token.usesLeft,
        expiresAt: token.expiresAt.toISOString(),
        labels: token.labels,
      }),
    );
  }
}
