import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { CreateEnrolmentToken, EnrolmentTokenView, Page } from '@hamon/contracts';
import { DataSource, IsNull } from 'typeorm';
import type { AdminCaller } from '../platform/http/caller.js';
import { actorOf } from '../platform/http/caller.js';
import { newToken, tokenHash } from '../access/token-hash.js';
import { AuditService } from '../audit/audit.service.js';
import { Clock } from '../platform/clock/clock.js';
import { ControlPlaneError } from '../platform/errors.js';
import type { IdListQuery } from '../platform/http/id-prefix.js';
import { queryPage } from '../platform/http/list-page.js';
import { fieldCondition } from '../platform/http/where.js';
import { DeviceStore } from './device.store.js';
import { EnrolmentToken } from './enrolment-token.entity.js';
import { viewOfEnrolmentToken } from './enrolment-token.view.js';
import { refuseReservedLabels } from './reserved-labels.js';

@Injectable()
export class EnrolmentTokenService {
  constructor(
    private readonly database: DataSource,
    private readonly devices: DeviceStore,
    private readonly audit: AuditService,
    private readonly clock: Clock,
  ) {}

  async create(
    caller: AdminCaller,
    { uses, ttlSeconds, labels, replaces: replaced }: CreateEnrolmentToken,
  ): Promise<EnrolmentTokenView> {
    refuseReservedLabels(labels);
    const token = newToken();
    const id = randomUUID();
    const expiresAt = new Date(this.clock.nowMs() + ttlSeconds * 1000);
    const { fleet } = caller;
    const replaces = replaced ?? null;
    if (replaces !== null) await this.devices.get(fleet, replaces);
    await this.database.transaction(async (manager) => {
      await manager.insert(EnrolmentToken, {
        ...{ id, fleet, labels, expiresAt, replaces },
        hash: tokenHash(token),
        usesLeft: uses,
      });
      await this.audit.record(manager, {
        fleet,
        actor: actorOf(caller),
        action: 'enrolment-token.create',
        subject: id,
        detail: { uses, labels, replaces, expiresAt: expiresAt.toISOString() },
      });
    });
    return { ...(await this.get(fleet, id)), token };
  }

  /** It lets no more devices in. Those that it let in stay. Revoking a revoked one changes nothing. */
  async revoke(caller: AdminCaller, id: string): Promise<EnrolmentTokenView> {
    const { fleet } = caller;
    await this.database.transaction(async (manager) => {
      const at = { revokedAt: () => 'now()' };
      const { affected } = await manager.update(EnrolmentToken, { id, fleet, revokedAt: IsNull() }, at);
      if (!affected) return;
      await this.audit.record(manager, {
        ...{ fleet, actor: actorOf(caller), action: 'enrolment-token.revoke', subject: id },
      });
    });
    return this.get(fleet, id);
  }

  /** Oldest first, without the tokens themselves: only their hashes are stored. */
  async list(fleet: string, query: IdListQuery): Promise<Page<EnrolmentTokenView>> {
    const list = {
      columns: `id, uses_left AS "usesLeft", expires_at AS "expiresAt", labels, replaces, created_at AS "createdAt",
                revoked_at AS "revokedAt"`,
      ...{ from: 'enrolment_tokens', scope: 'fleet = $1', parameters: [fleet] },
      condition: fieldCondition({
        id: 'id::text',
        valid: `CASE WHEN uses_left > 0 AND expires_at > now() AND revoked_at IS NULL THEN 'true' END`,
      }),
      key: [
        { sql: 'created_at', kind: 'timestamp' },
        { sql: 'id', kind: 'uuid' },
      ],
      order: 'ASC',
      id: 'id',
    } as const;
    return queryPage(this.database, list, query, viewOfEnrolmentToken);
  }

  private async get(fleet: string, id: string): Promise<EnrolmentTokenView> {
    const token = await this.database.manager.findOneBy(EnrolmentToken, { id, fleet });
    if (token) return viewOfEnrolmentToken(token);
    throw new ControlPlaneError('enrolment-token-not-found', `There is no enrolment token ${id}.`);
  }
}
