import { apiAudience, brokerAudience } from '@hamon/contracts';
import { signDeviceToken, type SigningJwk } from '@hamon/trust';
import type { Identity } from './adapters/identity.js';
import type { ServerClock } from './adapters/server-clock.js';

const LIFETIME_SECONDS = 3300;
/** An API token is used for half its life, so that none expires on the way. */
const REUSE_MS = (LIFETIME_SECONDS / 2) * 1000;
/** A machine's clock that drifts further than this from the monotonic one must have been set. */
const CLOCK_STEP_MS = 30_000;

interface ApiToken {
  readonly token: Promise<string>;
  /** By the monotonic clock, and by the machine's, which may be set meanwhile. */
  readonly madeMs: number;
  readonly madeAtMs: number;
}

/** Prove who this device is; signed with its own key, dated by the server's clock. */
export class DeviceTokens {
  private api: ApiToken | undefined;

  constructor(
    private readonly identity: Identity,
    private readonly key: SigningJwk,
    private readonly clock: ServerClock,
  ) {}

  /** Made anew for each connection; an external broker may have given a password of its own. */
  async forBroker(): Promise<string> {
    return this.identity.mqttPassword ?? (await this.sign(brokerAudience(this.identity.fleet)));
  }

  /**
   * Kept for a while: one signature per frame would cost more than the request. A gateway without a clock of its own is
   * set long after its agent connected; what was learnt of the server's time before is then wrong by decades.
   */
  forApi(): Promise<string> {
    const [madeMs, madeAtMs] = [performance.now(), Date.now()];
    if (!this.api || !isFresh(this.api, madeMs, madeAtMs)) {
      this.api = { token: this.makeForApi(), madeMs, madeAtMs };
    }
    return this.api.token;
  }

  /** The clock's offset changed: a token by the old one may be refused. */
  renew(): void {
    this.api = undefined;
  }

  private async makeForApi(): Promise<string> {
    const isMeasured = await this.clock.measure();
    const token = await this.sign(apiAudience(this.identity.fleet));
    // Dated by an old offset: good enough to try, not to keep.
    if (!isMeasured) this.renew();
    return token;
  }

  private sign(audience: string): Promise<string> {
    const { device } = this.identity;
    const now = this.clock.now();
    return signDeviceToken({ device, audience, lifetimeSeconds: LIFETIME_SECONDS, now }, this.key);
  }
}

function isFresh(api: ApiToken, nowMs: number, nowAtMs: number): boolean {
  const age = nowMs - api.madeMs;
  return age < REUSE_MS && Math.abs(nowAtMs - api.madeAtMs - age) < CLOCK_STEP_MS;
}
