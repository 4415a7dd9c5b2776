import type { BundleIndex, BundleRef, Reason } from '@hamon/contracts';
import { ContentError } from '@hamon/content';
import type { BundleStore } from '../adapters/bundle-store.js';
import type { ModelState } from '../core/model-state.js';
import type { Facts } from '../core/facts.js';
import { wantedBundle, type NeededContent } from '../core/wanted-bundles.js';
import { watchLeftMs } from '../core/watch.js';
import type { RunMemory } from './run-memory.js';
import type { ModelProcesses } from './model-processes.js';
import { reasonOf } from './reason-of.js';
import type { SharedResources } from './shared-resources.js';

export interface FactsSources {
  readonly bundles: BundleStore;
  readonly processes: ModelProcesses;
  readonly memory: RunMemory;
  readonly shares: Pick<SharedResources, 'room' | 'holds' | 'mustYield' | 'isMemoryAwaited'>;
  readonly model: string;
  /** Of all models. */
  readonly needed: () => NeededContent;
}

export async function gatherFacts(state: ModelState, sources: FactsSources): Promise<Facts> {
  const { processes, memory, bundles, shares, model } = sources;
  const { slots } = state;
  const loaded = {
    current: processes.of('current', slots.current) !== null,
    previous: processes.of('previous', slots.previous) !== null,
    candidate: processes.of('candidate', slots.candidate) !== null,
  };
  const bundle = wantedBundle(state);
  const content = await contentOf(bundle, bundles);
  const garbage = !memory.isResting && (await hasGarbage(sources));
  const current = slots.current?.version.bundle;
  return {
    index: content.index,
    missingChunks: content.missingChunks,
    loaded,
    stray: processes.get('candidate') !== null && !loaded.candidate,
    mayLoadCurrent: memory.mayLoadCurrent && !memory.isDamaged(current),
    currentBroken: memory.broken(current),
    currentDamaged: memory.isDamaged(current),
    roomForTwo: hasRoomForTwo(loaded, sources),
    roomAtOnce: shares.room(model) === 'now' && !shares.isMemoryAwaited(model),
    yieldsMemory: shares.mustYield(model, 'memory'),
    shadowPassed: memory.hasPassedShadow(slots.candidate?.version.bundle),
    probationPassed: memory.hasPassedProbation(current),
    failure: memory.failureOf(state) ?? content.unreadable,
    watching: watchLeftMs(state.watch, new Date()) > 0,
    garbage,
  };
}

interface Content extends Pick<Facts, 'index' | 'missingChunks'> {
  readonly unreadable: Reason | null;
}

/** A disk that cannot be read ends an update, which needs it. The version that answers goes on without it. */
async function contentOf(bundle: BundleRef | null, bundles: BundleStore): Promise<Content> {
  const none: Content = { index: 'absent', missingChunks: 0, unreadable: null };
  try {
    const index = bundle && (await readIndex(bundle, bundles));
    if (!index) return none;
    return { ...none, index: 'present', missingChunks: (await bundles.missing(index)).length };
  } catch (cause) {
    return { ...none, unreadable: faultOf(cause) };
  }
}

function faultOf(cause: unknown): Reason {
  const reason = reasonOf(cause);
  if (!reason) throw cause;
  return reason;
}

/** An invalid index counts as absent: the step that fetches it says what is wrong with it. */
async function readIndex(bundle: BundleRef, bundles: BundleStore): Promise<BundleIndex | undefined> {
  try {
    return await bundles.index(bundle);
  } catch (cause) {
    if (cause instanceof ContentError && cause.code !== 'io') return undefined;
    throw cause;
  }
}

function hasRoomForTwo(loaded: Facts['loaded'], { shares, model }: FactsSources): boolean {
  if (shares.holds(model, 'memory')) return true;
  // It took the place of its own current version, and keeps to that: the other one does not come back beside it.
  if (loaded.candidate && !loaded.current) return false;
  return shares.room(model) !== 'never';
}

async function hasGarbage({ bundles, needed }: FactsSources): Promise<boolean> {
  try {
    return await bundles.hasGarbage(needed());
  } catch (cause) {
    faultOf(cause);
    return false;
  }
}
