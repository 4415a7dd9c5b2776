import { Injectable } from '@nestjs/common';
import type { FleetSampleRules } from '@hamon/contracts';
import { DataSource, type EntityManager } from 'typeorm';
import { Clock } from '../platform/clock/clock.js';
import { ControlPlaneError } from '../platform/errors.js';

const DAY_MS = 86_400_000;
/** Long over, and of no use to anybody. */
const KEPT_DAYS = 35;

export interface Sender {
  readonly fleet: string;
  readonly device: string;
}

/** What devices sent today and what fleets keep in all, by `sampleCharge`; days are those of UTC. */
@Injectable()
export class SampleBudgetStore {
  constructor(
    private readonly database: DataSource,
    private readonly clock: Clock,
  ) {}

  /** Bytes that the device may still send today. */
  async left({ fleet, device }: Sender, rules: FleetSampleRules): Promise<number> {
    const [row] = await this.database.query<{ day: string; all: string }[]>(
      `SELECT coalesce((SELECT bytes FROM sample_usage WHERE fleet = $1 AND device = $2 AND day = $3), 0) AS day,
              coalesce((SELECT bytes FROM sample_totals WHERE fleet = $1), 0) AS all`,
      [fleet, device, this.today()],
    );
    const ofDay = rules.maxBytesPerDeviceDay - Number(row?.day ?? 0);
    return Math.max(0, Math.min(ofDay, rules.maxBytes - Number(row?.all ?? 0)));
  }

  /**
   * Takes so many bytes of both budgets. Within a transaction the rows stay locked: what is taken is exact.
   *
   * @throws ControlPlaneError `sample-budget-spent`, `sample-quota-reached`
   */
  async take(
    manager: EntityManager,
    { fleet, device }: Sender,
    bytes: number,
    rules: FleetSampleRules,
  ): Promise<void> {
    const ofDay = await manager.query<unknown[]>(
      `INSERT INTO sample_usage AS used (fleet, device, day, bytes)
       SELECT $1, $2, $3, $4::bigint WHERE $4::bigint <= $5::bigint
       ON CONFLICT (fleet, device, day) DO UPDATE SET bytes = used.bytes + excluded.bytes
         WHERE used.bytes + excluded.bytes <= $5::bigint
       RETURNING 1`,
      [fleet, device, this.today(), bytes, rules.maxBytesPerDeviceDay],
    );
    if (ofDay.length === 0) throw this.spent(rules);
    const ofAll = await manager.query<unknown[]>(
      `INSERT INTO sample_totals AS kept (fleet, samples, bytes)
       SELECT $1, 1, $2::bigint WHERE $2::bigint <= $3::bigint
       ON CONFLICT (fleet) DO UPDATE SET samples = kept.samples + 1, bytes = kept.bytes + excluded.bytes
         WHERE kept.bytes + excluded.bytes <= $3::bigint
       RETURNING 1`,
      [fleet, bytes, rules.maxBytes],
    );
    if (ofAll.length === 0) throw quotaReached(rules);
  }

  /** The same before a byte of the picture is read; `take` decides. */
  async check(sender: Sender, bytes: number, rules: FleetSampleRules): Promise<void> {
    if (bytes <= (await this.left(sender, rules))) return;
    const day = await this.left(sender, { ...rules, maxBytes: Number.MAX_SAFE_INTEGER });
    throw bytes > day ? this.spent(rules) : quotaReached(rules);
  }

  /** What was deleted makes room in the fleet; what a device sent today it has sent. */
  async giveBack(manager: EntityManager, fleet: string, samples: number, bytes: number): Promise<void> {
    await manager.query(
      'UPDATE sample_totals SET samples = samples - $2, bytes = bytes - $3 WHERE fleet = $1',
      [fleet, samples, bytes],
    );
  }

  async totals(): Promise<{ readonly fleet: string; readonly samples: number; readonly bytes: number }[]> {
    const rows = await this.database.query<{ fleet: string; samples: string; bytes: string }[]>(
      'SELECT fleet, samples, bytes FROM sample_totals',
    );
    return rows.map(({ fleet, samples, bytes }) => ({
      fleet,
      samples: Number(samples),
      bytes: Number(bytes),
    }));
  }

  async forgetOldDays(): Promise<void> {
    const before = new Date(this.clock.now().getTime() - KEPT_DAYS * DAY_MS);
    await this.database.query('DELETE FROM sample_usage WHERE day < $1', [before.toISOString().slice(0, 10)]);
  }

  private today(): string {
    return this.clock.now().toISOString().slice(0, 10);
  }

  private spent({ maxBytesPerDeviceDay }: FleetSampleRules): ControlPlaneError {
    const sinceMidnightMs = this.clock.now().getTime() % DAY_MS;
    return new ControlPlaneError(
      'sample-budget-spent',
      `A device may send ${maxBytesPerDeviceDay} bytes of pictures and what is said of them a day; this one would exceed them.`,
      { retryAfterSeconds: Math.ceil((DAY_MS - sinceMidnightMs) / 1000) },
    );
  }
}

const QUOTA_RETRY_SECONDS = 3600;

const quotaReached = ({ maxBytes }: FleetSampleRules): ControlPlaneError =>
  new ControlPlaneError(
    'sample-quota-reached',
    `The fleet keeps at most ${maxBytes} bytes of pictures and what is said of them in all; this one would exceed them.`,
    { retryAfterSeconds: QUOTA_RETRY_SECONDS },
  );
