import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomically } from '@hamon/content';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Config } from '../platform/config/config.js';
import { ControlPlaneError } from '../platform/errors.js';
import { Broker } from '../messaging/broker.js';
import { aclFile, mosquittoHash, passwordFile, type MosquittoDevice } from '../messaging/mosquitto-files.js';

/**
 * Devices' accounts on an operator's broker. The embedded one needs none: there the password is a token that the device
 * signs itself.
 */
@Injectable()
export class BrokerAccounts implements OnModuleInit {
  private writing: Promise<void> = Promise.resolve();
  private next: Promise<void> | undefined;

  constructor(
    private readonly database: DataSource,
    private readonly config: Config,
    private readonly broker: Broker,
  ) {}

  /** Before anything connects: a broker may wait for its files. */
  async onModuleInit(): Promise<void> {
    const { username } = this.broker.account;
    const [shared] = await this.database.query<unknown[]>(
      `SELECT 1 FROM devices WHERE id = $1 AND retired_at IS NULL`,
      [username ?? null],
    );
    if (shared === undefined) {
      if (!this.broker.embedded) await this.refresh();
      return;
    }
    throw new Error(
      `MQTT_URL must not log in as "${username}": a device has this name, and would get the control plane's rights ` +
        'at the broker; use a name that no device can have, like "_hamon"',
    );
  }

  /**
   * An operator's broker knows accounts by name alone: a device with the control plane's user name would get its
   * rights.
   *
   * @throws ControlPlaneError `invalid-request`
   */
  refuseOwnName(device: string): void {
    if (device !== this.broker.account.username) return;
    const errors = [
      { field: 'device', rule: 'must not be the user name of the control plane at its broker' },
    ];
    throw new ControlPlaneError(
      'invalid-request',
      `The name "${device}" is taken: the control plane logs in to its broker with it.`,
      { errors },
    );
  }

  /**
   * Makes the device a new password, of which only a hash is kept; undefined with the embedded broker.
   *
   * @param thumbprint of the key that it enrolled with: the device may be retired or replaced by now
   * @throws ControlPlaneError `device-shut-out`
   */
  async issue(device: string, thumbprint: string): Promise<string | undefined> {
    if (this.broker.embedded) return undefined;
    const password = randomBytes(32).toString('base64url');
    const updated = await this.database.query<[unknown, number]>(
      `UPDATE devices SET mqtt_password_hash = $2 WHERE id = $1 AND thumbprint = $3 AND retired_at IS NULL`,
      [device, mosquittoHash(password), thumbprint],
    );
    if (updated[1] !== 1) {
      const why = `"${device}" was retired, or went to other hardware, while it enrolled`;
      throw new ControlPlaneError('device-shut-out', why);
    }
    await this.refresh();
    return password;
  }

  /** Ends a device's connection and removes its credentials, whatever key or password it has. */
  async shutOut(device: string): Promise<void> {
    if (this.broker.embedded) this.broker.embedded.disconnect(device);
    else await this.refresh();
  }

  /** Writes the broker's files anew; concurrent enrolments share one write. */
  refresh(): Promise<void> {
    this.next ??= this.writing.then(
      () => this.write(),
      () => this.write(),
    );
    return this.next;
  }

  private write(): Promise<void> {
    this.next = undefined;
    this.writing = this.writeFiles();
    return this.writing;
  }

  private async writeFiles(): Promise<void> {
    const folder = join(this.config.dataDir, 'mosquitto');
    await mkdir(folder, { recursive: true, mode: 0o755 });
    const { username, password } = this.broker.account;
    // Of two lines with one name the broker takes the last: only the control plane may have its own name, also where
    // a replica with another account let such a device in.
    const devices = await this.database.query<MosquittoDevice[]>(
      `SELECT id AS name, fleet, mqtt_password_hash AS hash FROM devices
       WHERE retired_at IS NULL AND mqtt_password_hash IS NOT NULL AND id IS DISTINCT FROM $1 ORDER BY id`,
      [username ?? null],
    );
    const own =
      username !== undefined && password !== undefined
        ? [{ name: username, hash: mosquittoHash(password.toString()) }]
        : [];
    // Readable by the broker's account: the hashes of 256 random bits tell nothing.
    await writeFileAtomically(join(folder, 'passwd'), passwordFile([...own, ...devices]), 0o644);
    // For a listener of the control planes' own, so that no device connects there with their client ids.
    await writeFileAtomically(join(folder, 'passwd.control-plane'), passwordFile(own), 0o644);
    const rules = aclFile(devices, username);
    await writeFileAtomically(join(folder, 'acl'), rules, 0o644);
  }
}
