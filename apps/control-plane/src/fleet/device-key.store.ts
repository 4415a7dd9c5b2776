import { Injectable, type OnApplicationBootstrap, type OnModuleInit } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { DeviceKeys, type DeviceKey, type DeviceKeySource } from '../access/device-keys.js';
import {
  ConnectableDevices,
  type ConnectedDevice,
  type DeviceDirectory,
  type KnownDevice,
} from '../messaging/device-directory.js';
import { Config } from '../platform/config/config.js';
import { databaseShares } from '../platform/database-shares.js';
import { FairTurns } from '../platform/fair-turns.js';

/** SQL of devices' keys, as the API reads them at each request and the broker at each connect. */
@Injectable()
export class DeviceKeyStore
  implements DeviceKeySource, DeviceDirectory, OnModuleInit, OnApplicationBootstrap
{
  private readonly turns: FairTurns;

  constructor(
    private readonly database: DataSource,
    private readonly api: DeviceKeys,
    private readonly broker: ConnectableDevices,
    config: Config,
  ) {
    // A fleet that connects all at once leaves some of the database's connections to others.
    const { connects } = databaseShares(config.databaseConnections);
    // As many may wait as the broker lets in at once; it has a limit of its own.
    this.turns = new FairTurns({
      ...{ atOnce: connects, atOnceEach: connects },
      ...{ waiting: Infinity, waitingEach: Infinity },
    });
  }

  onModuleInit(): void {
    this.api.readFrom(this);
  }

  /** Not before every kind of message has its handler. */
  onApplicationBootstrap(): void {
    this.broker.readFrom(this);
  }

  async current(device: string): Promise<DeviceKey | undefined> {
    const [row] = await this.database.query<DeviceKey[]>(
      `SELECT fleet, public_key AS "publicKey", retired_at AS "endedAt" FROM devices WHERE id = $1`,
      [device],
    );
    return row;
  }

  former(device: string, limit: number): Promise<DeviceKey[]> {
    return this.database.query(
      `SELECT fleet, public_key AS "publicKey", replaced_at AS "endedAt" FROM former_device_keys
       WHERE device = $1 ORDER BY replaced_at DESC LIMIT $2`,
      [device, limit],
    );
  }

  async find(device: string): Promise<KnownDevice | undefined> {
    const end = await this.turns.take('connects', 'connects');
    try {
      const known = await this.current(device);
      return known?.endedAt === null ? known : undefined;
    } finally {
      end?.();
    }
  }

  async barred(devices: readonly ConnectedDevice[]): Promise<readonly string[]> {
    const rows = await this.database.query<{ id: string }[]>(
      `SELECT asked.id FROM unnest($1::text[], $2::text[]) AS asked (id, key)
       LEFT JOIN devices d ON d.id = asked.id AND d.retired_at IS NULL AND d.public_key ->> 'x' = asked.key
       WHERE d.id IS NULL`,
      [devices.map(({ device }) => device), devices.map(({ key }) => key)],
    );
    return rows.map(({ id }) => id);
  }
}
