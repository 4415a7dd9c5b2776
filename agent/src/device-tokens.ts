import { apiAudience, brokerAudience } from '@hamon/contracts';
import { signDeviceToken, type SigningJwk } from '@hamon/trust';
import type { Identity } from './adapters/identity.js';
import type { ServerClock } from './adapters/server-clock.js';

const LIFETIME_SECONDS = 3300;
/** An API token is used for half its life, so that none expires on the way. */
const REUSE_MS = (LIFETIME_SECONDS / 2) * 1000;

/** By which this device says who it is; signed with its own key, timed by the server's clock. */
export class DeviceTokens {
  private api: { readonly token: Promise<string>; readonly madeMs: number } | undefined;

  constructor(
    private readonly identity: Identity,
    private readonly key: SigningJwk,
    private readonly clock: ServerClock,
  ) {}

  /** Made anew for each connection; an external broker may have given a password of its own. */
  async forBroker(): Promise<string> {
    return this.identity.mqttPassword ?? (await this.sign(brokerAudience(this.identity.fleet)));
  }

  /** Kept for a while: one signature per frame would cost more than the request. */
  forApi(): Promise<string> {
    const now = performance.now();
    if (!this.api || now - this.api.madeMs > REUSE_MS) {
      this.api = { token: this.sign(apiAudience(this.identity.fleet)), madeMs: now };
    }
    return this.api.token;
  }

  /** The clock's offset changed: a token by the old one may be refused. */
  renew(): void {
    this.api = undefined;
  }

  private sign(audience: string): Promise<string> {
    const { device } = this.identity;
    const now = this.clock.now();
    return signDeviceToken({ device, audience, lifetimeSeconds: LIFETIME_SECONDS, now }, this.key);
  }
}
