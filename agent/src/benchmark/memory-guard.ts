import { AgentError } from '../agent-error.js';

export interface MemoryParts {
  readonly availableMb: () => number;
  /** What must be left over beside the models. */
  readonly marginMb: number;
}

/** What a model's process takes where none has been measured yet. */
export const GUESSED_CHILD_MB = 120;

/** Memory belongs to the serving model first: a benchmark takes only what is safely left over. */
export class MemoryGuard {
  private held = 0;

  constructor(private readonly parts: MemoryParts) {}

  /** A model of this size is being loaded; returns a function that says that it is gone. */
  hold(childMb: number): () => void {
    this.held += childMb;
    return () => {
      this.held -= childMb;
    };
  }

  /** What comes free as soon as the benchmark makes way. */
  get heldMb(): number {
    return this.held;
  }

  /** Models of this size that fit beside what runs already. */
  capacity(childMb: number): number {
    const { availableMb, marginMb } = this.parts;
    return Math.max(0, Math.floor((availableMb() - marginMb) / childMb));
  }

  /** @throws AgentError `no-memory` */
  require(models: number, childMb: number): void {
    if (this.capacity(childMb) < models) throw this.refusal(models, childMb);
  }

  /** Asked between blocks: what runs beside the benchmark may have grown. @throws AgentError `no-memory` */
  requireMargin(): void {
    const { availableMb, marginMb } = this.parts;
    const free = Math.floor(availableMb());
    if (free >= marginMb) return;
    throw new AgentError('no-memory', `only ${free} MB are left, less than the margin of ${marginMb} MB`);
  }

  refusal(models: number, childMb: number): AgentError {
    const { availableMb, marginMb } = this.parts;
    const needed = Math.ceil(models * childMb + marginMb);
    const free = Math.floor(availableMb());
    return new AgentError(
      'no-memory',
      `${models} more model${models === 1 ? '' : 's'} and the margin need ${needed} MB, ${free} MB are free`,
    );
  }
}
