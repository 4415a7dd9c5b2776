import { assignedModels, type DeviceState, type StateKeeper } from '@hamon/agent/protocol';
import type { SimModel } from './sim-model.js';

export interface SimModelsOptions {
  readonly keeper: StateKeeper<DeviceState>;
  readonly make: (model: string) => SimModel;
  /** A manifest removed it. */
  readonly onRemoved: (model: string) => void;
}

interface Running {
  readonly model: SimModel;
  readonly ending: AbortController;
  readonly ended: Promise<void>;
}

/** The models of a device that is switched on, from the manifest that names each until one that removes it. */
export class SimModels {
  private readonly running = new Map<string, Running>();
  private fail: (cause: unknown) => void = () => undefined;

  constructor(private readonly options: SimModelsOptions) {}

  get(model: string): SimModel | undefined {
    return this.running.get(model)?.model;
  }

  /** The device's state has changed: a model may have come or gone. */
  changed(): void {
    const assigned = new Set(assignedModels(this.options.keeper.state));
    for (const [name, { ending }] of this.running) {
      if (assigned.has(name)) continue;
      this.running.delete(name);
      ending.abort();
      this.options.onRemoved(name);
    }
    for (const name of assigned) if (!this.running.has(name)) this.start(name);
    for (const { model } of this.running.values()) model.turn();
  }

  /** Until `signal` is aborted. Rejects on a bug, or where the device's state cannot be written. */
  async run(signal: AbortSignal): Promise<void> {
    const broken = new Promise<never>((_, reject) => (this.fail = reject));
    const ending = new Promise<void>((resolve) => {
      signal.addEventListener('abort', () => resolve(), { once: true });
      if (signal.aborted) resolve();
    });
    this.changed();
    try {
      await Promise.race([ending, broken]);
    } finally {
      const left = [...this.running.values()];
      this.running.clear();
      for (const one of left) one.ending.abort();
      await Promise.allSettled(left.map(({ ended }) => ended));
    }
  }

  private start(name: string): void {
    const model = this.options.make(name);
    const ending = new AbortController();
    const ended = model.run(ending.signal);
    ended.catch((cause: unknown) => this.fail(cause));
    this.running.set(name, { model, ending, ended });
  }
}
