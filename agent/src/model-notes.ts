import { MAX_KNOWN_MODELS, MAX_MODELS, type ModelReport, type Reason } from '@hamon/contracts';
import { modelsOf, type DeviceState } from './core/device-state.js';
import { answering, EMPTY_MODEL, isRemoved, type ModelState, type Slot } from './core/model-state.js';
import type { RejectedManifest } from './manifest-inbox.js';

/** What is said of a model and lost at a restart. */
interface ModelNote {
  readonly chunks: { readonly have: number; readonly total: number };
  readonly rejection: Reason | null;
  readonly rejected: RejectedManifest | null;
  readonly roomForTwo?: boolean;
  readonly executionProvider?: string | undefined;
}

const NOTHING: ModelNote = { chunks: { have: 0, total: 0 }, rejection: null, rejected: null };
/** Models of which the device has taken no manifest and reports a rejection, at most; a broker can name any. */
const MOST_STRANGERS = MAX_MODELS;

/** What the device says of each of its models. */
export class ModelNotes {
  private readonly notes = new Map<string, ModelNote>();

  of(model: string): ModelNote {
    return this.notes.get(model) ?? NOTHING;
  }

  change(model: string, change: Partial<ModelNote>): void {
    const note = { ...this.of(model), ...change };
    // The newest last.
    this.notes.delete(model);
    this.notes.set(model, note);
  }

  /** By name. Keeps nothing of models that are neither known nor among the newest rejected ones. */
  reports(state: DeviceState): ModelReport[] {
    const known = new Map<string, ModelState>(modelsOf(state));
    const strangers = [...this.notes].filter(([model]) => !known.has(model));
    const told = strangers.filter(([, { rejection }]) => rejection !== null).slice(-MOST_STRANGERS);
    for (const [model] of strangers) if (!told.some(([one]) => one === model)) this.notes.delete(model);
    const all = [...known, ...told.map(([model]) => [model, EMPTY_MODEL] as const)];
    return all
      .slice(0, MAX_KNOWN_MODELS)
      .map(([model, held]) => reportOf(model, held, this.of(model)))
      .sort((a, b) => (a.model < b.model ? -1 : 1));
  }
}

function reportOf(model: string, held: ModelState, note: ModelNote): ModelReport {
  const { slots, deployment, accepted } = held;
  const { chunks, rejection, rejected, roomForTwo, executionProvider } = note;
  const named = (slot: Slot | null) => slot?.version ?? null;
  return {
    model,
    slots: {
      current: named(answering(slots.current)),
      previous: named(slots.previous),
      candidate: named(slots.candidate),
    },
    deployment: deployment && {
      version: deployment.target.version,
      state: deployment.state,
      chunks,
      reason: deployment.reason,
    },
    ...{ rejection, rejected },
    highestSequence: accepted?.sequence ?? null,
    proof: accepted?.jws ?? null,
    // Of one that was removed, its sequence is all there is to say.
    ...(roomForTwo !== undefined && !isRemoved(held) && { roomForTwo }),
    ...(executionProvider !== undefined && !isRemoved(held) && { executionProvider }),
  };
}

/** Leaves out the longest proofs until the rest has room: what a device runs is told in any case. */
export function withinBytes(models: readonly ModelReport[], maxBytes: number): ModelReport[] {
  const size = (of: unknown): number => Buffer.byteLength(JSON.stringify(of));
  let left = maxBytes - size(models);
  const bySize = models.filter(({ proof }) => proof).sort((a, b) => size(b.proof) - size(a.proof));
  const without = new Set<string>();
  for (const { model, proof } of bySize) {
    if (left >= 0) break;
    left += size(proof);
    without.add(model);
  }
  return models.map((report) => (without.has(report.model) ? { ...report, proof: null } : report));
}
