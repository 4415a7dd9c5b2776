import { randomBytes, randomUUID, timingSafeEqual } from 'node:crypto';
import { brokerAudience, err, ok, type Result } from '@hamon/contracts';
import { verifyDeviceToken } from '@hamon/trust';
import type { DeviceDirectory } from '../device-directory.js';
import { BrokerSession, type Publication } from './broker-session.js';

/** What a CONNECT said (MQTT 3.1.1, 3.1). */
export interface ConnectRequest {
  readonly clientId: string;
  readonly clean: boolean;
  readonly will: Publication | undefined;
  readonly username: string | undefined;
  readonly password: Buffer | undefined;
}

/** A device's session, or the control plane itself, which may do everything. */
export type Admission =
  { readonly kind: 'service' } | { readonly kind: 'device'; readonly session: BrokerSession };

/** Device ids cannot contain `$`: no device can take this name. */
const SERVICE_USER = '$control-plane';

/** Decides who may connect to the embedded broker. */
export class ConnectAuthenticator {
  /** The control plane's own account; its password lives as long as this process. */
  readonly service = {
    username: SERVICE_USER,
    password: randomBytes(32).toString('base64url'),
    clientId: `${SERVICE_USER}-${randomUUID()}`,
  };

  constructor(
    private readonly directory: DeviceDirectory,
    private readonly now: () => Date,
  ) {}

  async admit(request: ConnectRequest): Promise<Result<Admission, string>> {
    const { username, password, clientId } = request;
    if (username === undefined || password === undefined) return err('user name or password is missing');
    if (username === SERVICE_USER) {
      return this.isService(password) ? ok({ kind: 'service' }) : err('wrong password of the control plane');
    }
    if (clientId !== username) return err('client id and user name must both be the device id');
    // The broker would otherwise keep a queue without bound for a device that never comes back.
    if (!request.clean) return err('devices connect with a clean session');
    const device = await this.directory.find(username);
    if (!device) return err('unknown or retired device');
    const now = this.now();
    const token = await verifyDeviceToken(password.toString('utf8'), device.publicKey, {
      device: username,
      audience: brokerAudience(device.fleet),
      now,
    });
    if (!token.ok) return err(`token refused: ${token.error.code}: ${token.error.detail}`);
    const { expiresAt } = token.value;
    const session = new BrokerSession(device.fleet, username, device.publicKey.x, expiresAt, now.getTime());
    const willRule = request.will && session.refusePublish(request.will);
    return willRule === undefined ? ok({ kind: 'device', session }) : err(`will: ${willRule}`);
  }

  private isService(password: Buffer): boolean {
    const expected = Buffer.from(this.service.password);
    return password.length === expected.length && timingSafeEqual(password, expected);
  }
}
