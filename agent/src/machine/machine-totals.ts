import type { WindowMachine } from '@hamon/contracts';
import type { HeatState } from '../core/heat.js';
import type { EnergyMeter } from './energy-meter.js';

/** What a look at the machine found. */
export interface MachineLook {
  readonly nowMs: number;
  /** Of all processes since they began. */
  readonly cpuSeconds: number;
  /** By the meter, since it was opened; undefined where it cannot be read just now. */
  readonly joules: number | undefined;
  readonly heat: HeatState;
}

/** Sums since the agent's start. */
export interface MachineFigures {
  readonly cpuSeconds: number;
  readonly joules: number;
  readonly source: EnergyMeter['source'] | null;
  readonly isEstimate: boolean;
  readonly throttledMs: number;
  readonly heat: HeatState;
}

/** The machine in one stretch of time. */
export interface MachineUse {
  /** Ends it. @param workedMs how long models worked for the stream that asks, @param inferences its answers */
  end(): Promise<(workedMs: number, inferences: number) => WindowMachine>;
}

interface Stretch {
  begun: Sums;
  temperatureMax: number | undefined;
}

interface Sums {
  readonly cpuSeconds: number;
  readonly joules: number;
  readonly workedMs: number;
  readonly throttledMs: number;
  /** Time in which it could be told whether it was throttled. */
  readonly watchedMs: number;
}

const NOTHING: Sums = { cpuSeconds: 0, joules: 0, workedMs: 0, throttledMs: 0, watchedMs: 0 };

/** Sums of what is looked at now and then, and their differences over any stretch of time. */
export class MachineTotals {
  private sums: Sums = NOTHING;
  private last: MachineLook | undefined;
  private meter: EnergyMeter | undefined;
  private hasJoules = false;
  private formerJoules: number | undefined;
  private readonly open = new Set<Stretch>();

  /** Another one begins at zero. */
  changeMeter(meter: EnergyMeter): void {
    this.meter = meter;
    this.hasJoules = false;
    this.formerJoules = undefined;
  }

  work(ms: number): void {
    this.sums = { ...this.sums, workedMs: this.sums.workedMs + ms };
  }

  see(look: MachineLook): void {
    const { last, sums } = this;
    const elapsedMs = last ? Math.max(0, look.nowMs - last.nowMs) : 0;
    const { isThrottled } = look.heat;
    this.sums = {
      ...sums,
      cpuSeconds: Math.max(sums.cpuSeconds, look.cpuSeconds),
      joules: sums.joules + this.joulesSince(look),
      watchedMs: sums.watchedMs + (isThrottled === undefined ? 0 : elapsedMs),
      throttledMs: sums.throttledMs + (isThrottled === true ? elapsedMs : 0),
    };
    this.last = look;
    const { temperature } = look.heat.reading;
    if (temperature === undefined) return;
    for (const stretch of this.open) {
      stretch.temperatureMax = Math.max(stretch.temperatureMax ?? -Infinity, temperature);
    }
  }

  /** @param look reads the machine anew, so that one stretch begins with what the one before ended with */
  use(look: () => Promise<void>): MachineUse {
    const stretch: Stretch = {
      begun: this.sums,
      temperatureMax: this.last?.heat.reading.temperature,
    };
    this.open.add(stretch);
    const begun = look().then(() => (stretch.begun = this.sums));
    return {
      end: async () => {
        await begun;
        await look();
        this.open.delete(stretch);
        const ended = this.sums;
        return (workedMs, inferences) => this.machineOf(stretch, ended, workedMs, inferences);
      },
    };
  }

  get figures(): Omit<MachineFigures, 'heat'> {
    const { cpuSeconds, joules, throttledMs } = this.sums;
    const meter = this.hasJoules ? this.meter : undefined;
    return {
      ...{ cpuSeconds, joules, throttledMs },
      ...{ source: meter?.source ?? null, isEstimate: meter?.isEstimate ?? false },
    };
  }

  private joulesSince({ joules }: MachineLook): number {
    if (joules === undefined) return 0;
    const before = this.formerJoules;
    this.formerJoules = joules;
    this.hasJoules = true;
    return before === undefined ? 0 : Math.max(0, joules - before);
  }

  private machineOf(
    { begun, temperatureMax }: Stretch,
    ended: Sums,
    workedMs: number,
    inferences: number,
  ): WindowMachine {
    const watchedMs = ended.watchedMs - begun.watchedMs;
    const { meter, hasJoules } = this;
    const joules = ended.joules - begun.joules;
    const allMs = ended.workedMs - begun.workedMs;
    const share = allMs > 0 ? Math.min(1, workedMs / allMs) : 0;
    return {
      cpuSeconds: ended.cpuSeconds - begun.cpuSeconds,
      ...(temperatureMax !== undefined && { temperatureMax }),
      ...(watchedMs > 0 && { throttledShare: (ended.throttledMs - begun.throttledMs) / watchedMs }),
      ...(meter &&
        hasJoules && {
          energy: {
            ...{ joules, source: meter.source, estimated: meter.isEstimate },
            ...(inferences > 0 && { joulesPerInference: (joules * share) / inferences }),
          },
        }),
    };
  }
}
