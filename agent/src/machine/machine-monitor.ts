import { setTimeout as delay } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { Resources } from '@hamon/contracts';
import type { Logger } from 'pino';
import type { TellCondition } from '../conditions.js';
import { heatTroubles, NO_HEAT, nextHeat, type HeatState } from '../core/heat.js';
import { BudgetTurns, type FrameTurns } from './budget-turns.js';
import type { CgroupOutcome } from './cgroup-limit.js';
import { Emitter } from '../emitter.js';
import { openEnergyMeter, type EnergyMeter } from './energy-meter.js';
import { MachineTotals, type MachineFigures, type MachineUse } from './machine-totals.js';
import { ProcessTree } from './process-tree.js';
import { readHeat } from './read-heat.js';
import { wattsPerCoreHere } from './watts-per-core.js';

export interface MachineMonitorOptions {
  /** `/sys`, or a folder like it. */
  readonly sys: string;
  readonly resources: Resources;
  readonly tellCondition: TellCondition;
  /** Has the kernel hold all processes to so many cores' worth. */
  readonly limitCpu?: (cores: number | undefined) => Promise<CgroupOutcome>;
  readonly log?: Pick<Logger, 'info'>;
  /** Whose processor time counts; this process's if left out. */
  readonly tree?: Pick<ProcessTree, 'find' | 'cpuSeconds'>;
  readonly now?: () => number;
}

const LOOK_MS = 2000;
/** A budget is held by looking often: what happens in between is paid for afterwards. */
const BUDGET_LOOK_MS = 250;
/** A sensor that hangs holds up no window. */
const LONGEST_LOOK_MS = 2000;
/** Windows of many streams end in one moment: they share a look. */
const FRESH_MS = 100;

/** What the machine goes through: busy processors, heat, energy. One look serves all who ask. */
export class MachineMonitor {
  private readonly turns: BudgetTurns;
  private readonly totals: MachineTotals;
  private readonly now: () => number;
  private readonly tree: Pick<ProcessTree, 'find' | 'cpuSeconds'>;
  private current: Resources;
  private isLimited = false;
  private heat: HeatState = NO_HEAT;
  private meter: EnergyMeter | undefined;
  private looking: Promise<void> | undefined;
  /** The configuration changed. */
  readonly reconfigured = new Emitter();
  private lookedAtMs = -Infinity;
  private timers: NodeJS.Timeout[] = [];

  private constructor(private readonly options: MachineMonitorOptions) {
    const { now = () => performance.now(), tree = new ProcessTree(), resources } = options;
    this.now = now;
    this.tree = tree;
    this.current = resources;
    this.turns = new BudgetTurns(now);
    this.totals = new MachineTotals();
  }

  static async open(options: MachineMonitorOptions): Promise<MachineMonitor> {
    const monitor = new MachineMonitor(options);
    await monitor.limit();
    await monitor.openMeter();
    return monitor;
  }

  /**
   * The device's configuration changed while it runs: budget, limits and nice levels hold from now on, threads and execution
   * providers from the next start of a model's process.
   */
  async apply(resources: Resources): Promise<void> {
    const before = this.current;
    if (isDeepStrictEqual(before, resources)) return;
    this.current = resources;
    if (resources.cpu.budget !== before.cpu.budget) await this.limit();
    if (resources.energy.wattsPerCore !== before.energy.wattsPerCore) await this.openMeter();
    this.reconfigured.emit();
  }

  private async limit(): Promise<void> {
    this.turns.limit(this.current.cpu.budget);
    await this.limitByKernel();
  }

  private async openMeter(): Promise<void> {
    const wattsPerCore = this.current.energy.wattsPerCore ?? (await wattsPerCoreHere());
    this.meter = await openEnergyMeter(this.options.sys, wattsPerCore);
    this.totals.changeMeter(this.meter);
    // Its sum begins now.
    this.lookedAtMs = -Infinity;
    await this.look();
  }

  start(): void {
    const every = (ms: number, look: () => void): NodeJS.Timeout => setInterval(look, ms).unref();
    this.timers = [
      every(LOOK_MS, () => void this.look()),
      every(BUDGET_LOOK_MS, () => {
        if (this.current.cpu.budget !== undefined) this.measure();
      }),
    ];
  }

  stop(): void {
    for (const timer of this.timers.splice(0)) clearInterval(timer);
  }

  /** As they are configured now. */
  get resources(): Resources {
    return this.current;
  }

  /** Of streams whose frames come by themselves. */
  get frameTurns(): FrameTurns {
    return this.turns;
  }

  /** A model worked for so long. */
  readonly worked = (ms: number): void => this.totals.work(ms);

  /** Begins to sum up what the machine goes through from now on. */
  use(): MachineUse {
    return this.totals.use(() =>
      Promise.race([this.look(), delay(LONGEST_LOOK_MS, undefined, { ref: false })]),
    );
  }

  /** As it is now, with sums since the agent's start. */
  get figures(): MachineFigures {
    return { ...this.totals.figures, heat: this.heat };
  }

  /** Settles when everything was read; at once where that was just now. */
  look(): Promise<void> {
    if (this.looking) return this.looking;
    if (this.now() - this.lookedAtMs < FRESH_MS) return Promise.resolve();
    this.looking = this.lookAtAll().finally(() => (this.looking = undefined));
    return this.looking;
  }

  private async lookAtAll(): Promise<void> {
    const { sys, tellCondition } = this.options;
    const limit = this.current.heat.limitCelsius;
    const reading = await readHeat(sys);
    const nowMs = this.now();
    this.tree.find();
    const cpuSeconds = this.measure() ?? 0;
    const joules = await this.meter?.read(cpuSeconds, nowMs);
    this.lookedAtMs = nowMs;
    this.heat = nextHeat(this.heat, reading, limit, nowMs);
    this.totals.see({ nowMs, cpuSeconds, joules, heat: this.heat });
    const troubles = heatTroubles(this.heat, limit, nowMs);
    for (const code of ['too-hot', 'throttled'] as const) {
      const detail = troubles[code];
      tellCondition(code, detail === null ? null : { detail });
    }
  }

  /** Where the kernel can: then frames that nobody paces are held to the budget too. */
  private async limitByKernel(): Promise<void> {
    const { cpu } = this.current;
    const { limitCpu, log } = this.options;
    if (!limitCpu || (cpu.budget === undefined && !this.isLimited)) return;
    const outcome = await limitCpu(cpu.budget);
    this.isLimited = 'cgroup' in outcome;
    log?.info({ budget: cpu.budget, ...outcome }, 'the budget of processor time');
  }

  private measure(): number | undefined {
    const { cpuSeconds } = this.tree;
    if (cpuSeconds !== undefined) this.turns.measure(cpuSeconds);
    return cpuSeconds;
  }
}
