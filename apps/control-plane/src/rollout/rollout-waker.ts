import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { Log } from '../platform/log.js';
import { RolloutStore } from './rollout.store.js';

/** For more devices than these, all rollouts are woken. */
const MOST_DEVICES = 5_000;

/**
 * Wakes the rollouts of devices for which something was stored. However often it is called, one statement at most is under
 * way, and it waits for nobody; devices that arrive meanwhile are collected for the next one.
 */
@Injectable()
export class RolloutWaker implements OnModuleDestroy {
  private readonly devices = new Set<string>();
  private running: Promise<void> | undefined;
  private stopped = false;

  constructor(
    private readonly store: RolloutStore,
    private readonly log: Log,
  ) {}

  /** @param then called when rollouts were woken */
  wake(devices: readonly string[], then: () => void): void {
    // Whoever is due is found again at the next start.
    if (this.stopped) return;
    for (const device of devices) if (this.devices.size <= MOST_DEVICES) this.devices.add(device);
    this.running ??= this.run(then).finally(() => (this.running = undefined));
  }

  async onModuleDestroy(): Promise<void> {
    this.stopped = true;
    await this.running;
  }

  private async run(then: () => void): Promise<void> {
    while (this.devices.size > 0 && !this.stopped) {
      const devices = [...this.devices];
      this.devices.clear();
      try {
        await this.store.wake(devices.length > MOST_DEVICES ? null : devices);
        then();
      } catch (cause) {
        this.log.error('rollouts could not be woken; they look again by themselves', cause);
      }
    }
  }
}
