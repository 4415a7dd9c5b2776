import { setTimeout as delay } from 'node:timers/promises';
import type { TriggerOf } from '@hamon/contracts';
import type { Lease } from '../../adapters/leases.js';
import type { ModbusLink, ModbusRequests } from '../../adapters/modbus-link.js';
import { backoffMs } from '../../core/backoff.js';
import type { StreamOutlet } from '../outlets/stream-outlet.js';
import { CoilEdges } from './coil-edges.js';
import type { Fire, Trigger } from './trigger.js';
import type { TriggerTroubles } from './trigger-troubles.js';

export interface ModbusTriggerOptions {
  readonly config: TriggerOf<'modbus'>;
  readonly link: Lease<Pick<ModbusLink, 'run'>>;
  readonly outlet: Pick<StreamOutlet, 'shown'>;
  readonly troubles: TriggerTroubles;
}

const BACKOFF = { firstMs: 250, maxMs: 10_000 };

/** Reads a coil of a PLC at a rate; when it rises, a frame is taken. */
export class ModbusTrigger implements Trigger {
  private readonly edges: CoilEdges;
  private answering: Promise<void> | undefined;
  private failures = 0;
  /** Answered, and the PLC could not be told yet. */
  private isOwed = false;
  /** The coil `done` is on; unknown before the first look and after a failure. */
  private isDone: boolean | undefined;

  constructor(private readonly options: ModbusTriggerOptions) {
    const { reset, done } = options.config;
    this.edges = new CoilEdges({ isHeld: reset || done !== undefined });
  }

  async run(fire: Fire, signal: AbortSignal): Promise<void> {
    const { pollMs } = this.options.config;
    let dueAt = performance.now();
    while (!signal.aborted) {
      await this.look(fire, signal).then(
        () => this.recover(),
        (cause: unknown) => this.fail(cause as Error),
      );
      // By the clock and not from the last answer, whose time would add up; what is late is left out.
      dueAt = Math.max(dueAt + pollMs, performance.now());
      const waitMs =
        this.failures > 0 ? backoffMs(this.failures - 1, BACKOFF, Math.random()) : dueAt - performance.now();
      await delay(waitMs, undefined, { signal }).catch(() => undefined);
    }
    await this.answering;
    this.options.troubles.leave();
    await this.options.link.release();
  }

  private async look(fire: Fire, signal: AbortSignal): Promise<void> {
    const { input, coil, done } = this.options.config;
    const isOn = await this.ask(async (requests) => {
      if (done !== undefined) this.isDone ??= await requests.readBit('coil', done);
      return requests.readBit(input, coil);
    });
    if (signal.aborted) return;
    const rises = this.edges.see(isOn) === 'rises';
    if (rises && this.answering) this.options.troubles.refused('its coil rose again before the answer');
    // With `done` still on, the coil is the one that was answered.
    else if (rises && this.isDone !== true) {
      this.answering = this.answer(fire).finally(() => (this.answering = undefined));
    }
    if (!isOn && this.isDone && done !== undefined) {
      await this.ask((requests) => requests.writeCoils(done, [false]));
      this.isDone = false;
      // The PLC has seen it, whatever else of it is missing.
      this.isOwed = false;
    }
    // Not before the look: where the coil rose for another part, that one's answer is the one to tell of.
    if (this.isOwed && !this.answering) await this.acknowledge();
  }

  private async answer(fire: Fire): Promise<void> {
    const { reset, done } = this.options.config;
    await fire({ kind: 'modbus' });
    this.isOwed = reset || done !== undefined;
    await this.acknowledge().catch((cause: unknown) => this.fail(cause as Error));
  }

  private async acknowledge(): Promise<void> {
    const { config, outlet } = this.options;
    const { reset, done, coil } = config;
    // Numbers that are not there yet must not be told of: with the next look it is tried again.
    if (!this.isOwed || !(await outlet.shown(config))) return;
    await this.ask(async (requests) => {
      if (done !== undefined) await requests.writeCoils(done, [true]);
      if (reset) await requests.writeCoils(coil, [false]);
    });
    this.isOwed = false;
    if (done !== undefined) this.isDone = true;
    if (reset) this.edges.wasReset();
  }

  private ask<T>(work: (requests: ModbusRequests) => Promise<T>): Promise<T> {
    const { config, link } = this.options;
    return link.value.run(config, work);
  }

  private fail(cause: Error): void {
    this.failures += 1;
    // A coil that is being answered, or was and does not know it yet, is the same one when it is seen again.
    if (!this.answering && !this.isOwed) this.edges.forget();
    // A write whose reply was lost may have been executed; what is owed stays owed.
    this.isDone = undefined;
    this.options.troubles.unheard(cause.message);
  }

  private recover(): void {
    if (this.failures > 0) this.options.troubles.unheard(null);
    this.failures = 0;
  }
}
