import { askWhyShutOut } from './adapters/ask-enrolment.js';
import type { ServerClock } from './adapters/server-clock.js';
import type { Conditions, Trouble } from './conditions.js';
import type { DeviceState } from './core/device-state.js';
import { BELIEVABLE_OFFSET_MS, raisedFloor } from './core/time-floor.js';
import type { DeviceTokens } from './device-tokens.js';
import type { StateKeeper } from './state-keeper.js';

export interface BrokerAccessParts {
  readonly serverUrl: string;
  readonly tokens: DeviceTokens;
  readonly clock: ServerClock;
  readonly keeper: StateKeeper<DeviceState>;
  readonly conditions: Conditions;
}

/** How this device gets access to the broker, and why it is denied. */
export class BrokerAccess {
  private shutOutWhy: string | null = null;

  constructor(private readonly parts: BrokerAccessParts) {}

  /** Why the server shut this device out for good; null while it has not said so. */
  get shutOut(): string | null {
    return this.shutOutWhy;
  }

  /** A token by the server's time, which is measured anew for each connection. */
  async password(signal: AbortSignal): Promise<string> {
    const { clock, tokens, keeper, conditions } = this.parts;
    if (await clock.measure(signal)) tokens.renew();
    const { offset } = clock;
    conditions.tell('clock-off', clockTrouble(offset));
    if (offset !== undefined && Math.abs(offset) < BELIEVABLE_OFFSET_MS) {
      const now = new Date();
      await keeper
        .update((state) => ({ ...state, timeFloor: raisedFloor(state.timeFloor, now) }))
        .catch(() => undefined);
    }
    return tokens.forBroker();
  }

  async explainRefusal(signal: AbortSignal): Promise<string | undefined> {
    const { serverUrl, tokens } = this.parts;
    const why = await askWhyShutOut(serverUrl, () => tokens.forApi(), signal);
    if (why !== undefined) this.shutOutWhy = why;
    return why;
  }

  granted(): void {
    this.shutOutWhy = null;
  }
}

/** Less is normal; more confuses people who compare a plant's records with the fleet's. */
const CLOCK_OFF_MS = 5 * 60_000;

function clockTrouble(offsetMs = 0): Trouble | null {
  if (Math.abs(offsetMs) < CLOCK_OFF_MS) return null;
  const minutes = Math.round(Math.abs(offsetMs) / 60_000);
  const far = minutes < 120 ? `${minutes} min` : `${Math.round(minutes / 60)} h`;
  return { detail: `its clock is ${far} ${offsetMs > 0 ? 'behind' : 'ahead of'} the server's` };
}
