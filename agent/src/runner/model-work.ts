import type { Logger } from 'pino';
import { isAtRest } from '../core/is-at-rest.js';
import { answering } from '../core/model-state.js';
import type { ModelKeeper } from '../model-keeper.js';
import type { ModelProcesses } from './model-processes.js';
import type { Runner } from './runner.js';
import type { RunnerContext } from './runner-context.js';

export interface ModelWorkParts {
  readonly model: string;
  readonly keeper: ModelKeeper;
  readonly processes: ModelProcesses;
  readonly runner: Runner;
  /** Frames of it are refused from now on; settles when those under way have their results. */
  readonly drop: () => Promise<void>;
  /** Others need not count with it. */
  readonly leave: () => void;
  readonly tell: RunnerContext['tell'];
  readonly log: Logger;
}

/** What the agent does for one of its models. */
export class ModelWork {
  private standing: Promise<void> = Promise.resolve();
  private running: Promise<void> = Promise.resolve();

  constructor(private readonly parts: ModelWorkParts) {}

  get processes(): ModelProcesses {
    return this.parts.processes;
  }

  /** No deployment of it is under way, and the version that is to answer does. */
  get isAtRest(): boolean {
    const { keeper, processes } = this.parts;
    const current = answering(keeper.state.slots.current);
    return isAtRest(keeper.state) && (current === null || processes.of('current', current) !== null);
  }

  /** Until it is stopped. Rejects on a bug only. */
  run(): Promise<void> {
    const { model, keeper, processes, runner, log } = this.parts;
    this.standing = processes.standIn(keeper.state).catch((cause: unknown) => {
      const what = 'the files of the stopped version cannot be read: no frame gets an answer';
      log.warn({ err: cause, model }, what);
    });
    this.running = this.standing.then(() => runner.run());
    return this.running;
  }

  /** Frames that come from now on find whatever can answer them. */
  get ready(): Promise<void> {
    return this.standing;
  }

  wake(): void {
    this.parts.runner.wake();
  }

  async stopRunner(): Promise<void> {
    this.parts.runner.stop();
    await this.running.catch(() => undefined);
  }

  stopProcesses(): Promise<void> {
    return this.parts.processes.stop();
  }

  /** A signed order removed it: every frame that was accepted still gets its answer. */
  async remove(): Promise<void> {
    const { model, processes, drop, leave, tell } = this.parts;
    const version = processes.serving;
    await this.stopRunner();
    await drop();
    await processes.stop();
    leave();
    tell('unassigned', { model, version });
  }
}
