import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomically } from '@hamon/content';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Config } from '../platform/config/config.js';
import type { AdminCaller } from './caller.js';
import { newToken, tokenHash } from './token-hash.js';

const BOOTSTRAP = 'bootstrap';

/** Admin tokens: who presents one acts for its fleet. */
@Injectable()
export class AccessTokenService implements OnModuleInit {
  constructor(
    private readonly database: DataSource,
    private readonly config: Config,
  ) {}

  async onModuleInit(): Promise<void> {
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
    const kept = (await readFile(path, 'utf8').catch(() => '')).trim();
    if (kept !== '') return kept;
    const token = newToken();
    await writeFileAtomically(path, `${token}\n`, 0o600);
    return token;
  }
}
