import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { readFileIfThere, writeFileAtomically } from '@hamon/content';
import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type { AccessTokenView, ListQuery, Page } from '@hamon/contracts';
import { DataSource } from 'typeorm';
import { Config } from '../platform/config/config.js';
import { queryPage } from '../platform/http/list-page.js';
import { fieldCondition } from '../platform/http/where.js';
import type { AdminCaller } from '../platform/http/caller.js';
import { newToken, tokenHash } from './token-hash.js';

interface AccessTokenRow {
  readonly id: string;
  readonly name: string;
  readonly created_at: Date;
  readonly revoked_at: Date | null;
}

const viewOf = ({
  id,
  name,
  created_at: createdAt,
  revoked_at: revokedAt,
}: AccessTokenRow): AccessTokenView => ({
  ...{ id, name },
  createdAt: createdAt.toISOString(),
  revokedAt: revokedAt?.toISOString() ?? null,
});

const BOOTSTRAP = 'bootstrap';
const TOKEN = /^[A-Za-z0-9_-]{20,200}$/;

/** Admin tokens: who presents one acts for its fleet. */
@Injectable()
export class AccessTokenService implements OnApplicationBootstrap {
  constructor(
    private readonly database: DataSource,
    private readonly config: Config,
  ) {}

  /** Once every part has agreed to start: the former bootstrap token ends with it. */
  async onApplicationBootstrap(): Promise<void> {
    await this.admitFirstToken(this.config.adminToken ?? (await this.keptToken()));
  }

  async find(token: string): Promise<AdminCaller | undefined> {
    const rows = await this.database.query<{ fleet: string; name: string }[]>(
      'SELECT fleet, name FROM access_tokens WHERE hash = $1 AND revoked_at IS NULL',
      [tokenHash(token)],
    );
    const [row] = rows;
    return row && { kind: 'admin', fleet: row.fleet, name: row.name };
  }

  /** By id: tokens are few, and their order means nothing. Revoked ones stay on record. */
  async list(fleet: string, query: ListQuery): Promise<Page<AccessTokenView>> {
    const list = {
      columns: 'id, name, created_at, revoked_at',
      ...{ from: 'access_tokens', scope: 'fleet = $1', parameters: [fleet] },
      condition: fieldCondition({
        id: 'id::text',
        name: 'name',
        valid: `CASE WHEN revoked_at IS NULL THEN 'true' END`,
      }),
      key: [{ sql: 'id', kind: 'uuid' }],
      order: 'ASC',
    } as const;
    return queryPage(this.database, list, query, viewOf);
  }

  /** A fleet has one bootstrap token, the one of the last start: changing it in the configuration ends the former. */
  private async admitFirstToken(token: string): Promise<void> {
    const { fleet } = this.config;
    await this.database.transaction(async (manager) => {
      await manager.query('INSERT INTO fleets (id) VALUES ($1) ON CONFLICT DO NOTHING', [fleet]);
      await manager.query(
        `UPDATE access_tokens SET revoked_at = now()
         WHERE fleet = $1 AND name = $2 AND hash <> $3 AND revoked_at IS NULL`,
        [fleet, BOOTSTRAP, tokenHash(token)],
      );
      await manager.query(
        `INSERT INTO access_tokens (id, fleet, name, hash) VALUES ($1, $2, $3, $4)
         ON CONFLICT (hash) DO UPDATE SET revoked_at = NULL, fleet = excluded.fleet, name = excluded.name`,
        [randomUUID(), fleet, BOOTSTRAP, tokenHash(token)],
      );
    });
  }

  private async keptToken(): Promise<string> {
    const path = join(this.config.dataDir, 'admin-token');
    const kept = (await readFileIfThere(path))?.trim();
    if (kept !== undefined) {
      // Whoever has the old token would be locked out without a word by a new one.
      if (!TOKEN.test(kept)) {
        throw new Error(`${path} holds no token: restore it, or remove it to have a new one made`);
      }
      return kept;
    }
    const token = newToken();
    await writeFileAtomically(path, `${token}\n`, 0o600);
    return token;
  }
}
