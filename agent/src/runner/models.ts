import { assignedModels, type DeviceState } from '../core/device-state.js';
import type { StateKeeper } from '../state-keeper.js';
import type { ModelWork } from './model-work.js';

export interface ModelsOptions {
  readonly keeper: StateKeeper<DeviceState>;
  /** Everything that one model needs; nothing runs yet. */
  readonly make: (model: string) => ModelWork;
  /** Models that were removed are gone, with their processes; what they left on the disk may go too. */
  readonly tidyUp: () => Promise<void>;
}

/** The work of each model that the device has been given, from the manifest that names it until one that removes it. */
export class Models {
  private readonly works = new Map<string, ModelWork>();
  private readonly leaving = new Map<string, Promise<void>>();
  private fail: (cause: unknown) => void = () => undefined;
  private end: () => void = () => undefined;
  /** Rejects where the work of a model met a bug; settles after `stop`. */
  readonly ended: Promise<void>;
  private isStopping = false;

  constructor(private readonly options: ModelsOptions) {
    this.ended = new Promise((resolve, reject) => {
      this.end = resolve;
      this.fail = reject;
    });
    this.ended.catch(() => undefined);
  }

  get(model: string): ModelWork | undefined {
    return this.works.get(model);
  }

  get all(): readonly ModelWork[] {
    return [...this.works.values()];
  }

  /** None of them has anything to do but to answer frames. */
  get areAtRest(): boolean {
    return this.leaving.size === 0 && this.all.every((work) => work.isAtRest);
  }

  /** Once. What a removed model left is cleared away by the work of another one, as any garbage; here where there is none. */
  async begin(): Promise<void> {
    this.sync();
    if (this.works.size === 0) await this.options.tidyUp();
  }

  /** The device's state changed: a model may have come or gone. */
  sync(): void {
    if (this.isStopping) return;
    const assigned = new Set(assignedModels(this.options.keeper.state));
    for (const [model, work] of this.works) if (!assigned.has(model)) this.remove(model, work);
    // One that comes again begins once its former processes are gone.
    for (const model of assigned) if (!this.works.has(model) && !this.leaving.has(model)) this.add(model);
  }

  /** Runners first, then the processes, which finish their last frames. */
  async stop(): Promise<void> {
    this.isStopping = true;
    await Promise.all(this.all.map((work) => work.stopRunner()));
    await Promise.all(this.all.map((work) => work.stopProcesses()));
    await Promise.allSettled(this.leaving.values());
    this.end();
  }

  private add(model: string): void {
    const work = this.options.make(model);
    this.works.set(model, work);
    work.run().catch((cause: unknown) => this.fail(cause));
  }

  private remove(model: string, work: ModelWork): void {
    this.works.delete(model);
    const gone = (async () => {
      await work.remove();
      await this.options.tidyUp();
    })();
    this.leaving.set(model, gone);
    gone
      .catch((cause: unknown) => this.fail(cause))
      .finally(() => {
        this.leaving.delete(model);
        this.sync();
      });
  }
}
