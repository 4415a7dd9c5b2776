import type { LoadedModel } from './loaded-model.js';

interface Use {
  /** Set for a run in the child: when it was asked for, by the monotonic clock. */
  readonly edgeSince: number | undefined;
}

interface Usage {
  readonly uses: Set<Use>;
  readonly waiters: (() => void)[];
}

/** Who still works with which loaded model, so that a child is stopped only after its last frame. */
export class ModelUses {
  private readonly usage = new Map<LoadedModel, Usage>();

  /** Returns the release, to be called once. */
  take(model: LoadedModel): () => void {
    return this.takeAs(model, { edgeSince: undefined });
  }

  takeForRun(model: LoadedModel): () => void {
    return this.takeAs(model, { edgeSince: performance.now() });
  }

  /** Is a run under way for longer than this? Then whatever is asked of the child next waits behind it. */
  isBehind(model: LoadedModel, deadlineMs: number): boolean {
    const before = performance.now() - deadlineMs;
    for (const { edgeSince } of this.usage.get(model)?.uses ?? []) {
      if (edgeSince !== undefined && edgeSince < before) return true;
    }
    return false;
  }

  async whenUnused(model: LoadedModel): Promise<void> {
    const usage = this.usage.get(model);
    if (usage) await new Promise<void>((resolve) => usage.waiters.push(resolve));
  }

  private takeAs(model: LoadedModel, use: Use): () => void {
    const usage = this.usage.get(model) ?? { uses: new Set(), waiters: [] };
    this.usage.set(model, usage);
    usage.uses.add(use);
    return () => {
      usage.uses.delete(use);
      if (usage.uses.size > 0) return;
      this.usage.delete(model);
      for (const resolve of usage.waiters) resolve();
    };
  }
}
