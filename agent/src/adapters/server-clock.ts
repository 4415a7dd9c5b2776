import { TimeView } from '@hamon/contracts';
import { BELIEVABLE_OFFSET_MS } from '../core/time-floor.js';

const TIMEOUT_MS = 5000;

/**
 * The server's time as this device knows it: its own clock and the offset learnt from `GET /v1/time`. Used for what the
 * device itself says only (tokens, telemetry); an expiry is never judged by what an unauthenticated answer says.
 */
export class ServerClock {
  private offsetMs = 0;
  private measured: { readonly serverMs: number; readonly monotonicMs: number } | undefined;
  /** When the machine's clock and the server's last agreed, by both clocks and by the monotonic one. */
  private agreement: { readonly atMs: number; readonly monotonicMs: number } | undefined;

  constructor(private readonly serverUrl: string) {}

  now(): Date {
    return new Date(Date.now() + this.offsetMs);
  }

  /** Undefined until the server has answered once. */
  get offset(): number | undefined {
    return this.measured ? this.offsetMs : undefined;
  }

  /**
   * The date of what happens now, for readers at the server: a machine with local time, or none, would date its telemetry
   * hours or decades away. Carried on by the monotonic clock, whatever is done to the machine's.
   */
  stamp(): Date {
    const { measured } = this;
    return measured ? new Date(measured.serverMs + performance.now() - measured.monotonicMs) : new Date();
  }

  /**
   * The time in which this machine and its server once agreed, carried on by the monotonic clock: neither clock moves it
   * when it is set wrongly later. Undefined where they never did.
   */
  get believed(): Date | undefined {
    const { agreement } = this;
    return agreement && new Date(agreement.atMs + performance.now() - agreement.monotonicMs);
  }

  /** Keeps the former offset where the server does not answer: a broker may be reachable when the API is not. */
  async measure(signal?: AbortSignal): Promise<boolean> {
    const timeout = AbortSignal.timeout(TIMEOUT_MS);
    try {
      const startedMs = performance.now();
      const response = await fetch(new URL('/v1/time', this.serverUrl), {
        signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
      });
      const view = TimeView.parse(await response.json());
      const monotonicMs = performance.now();
      const serverMs = Date.parse(view.now) + (monotonicMs - startedMs) / 2;
      this.measured = { serverMs, monotonicMs };
      this.offsetMs = Math.round(serverMs - Date.now());
      if (Math.abs(this.offsetMs) < BELIEVABLE_OFFSET_MS) {
        this.agreement = { atMs: Date.now(), monotonicMs: performance.now() };
      }
      return true;
    } catch {
      return false;
    }
  }
}
