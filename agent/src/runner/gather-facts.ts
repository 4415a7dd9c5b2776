import type { BundleRef, BundleIndex, Reason } from '@hamon/contracts';
import { ContentError } from '@hamon/content';
import { chunkDigests, type BundleStore } from '../adapters/bundle-store.js';
import type { DeviceState } from '../core/device-state.js';
import type { Facts } from '../core/facts.js';
import { neededBundles, wantedBundle } from '../core/wanted-bundles.js';
import { watchLeftMs } from '../core/watch.js';
import type { RunMemory } from './run-memory.js';
import type { ModelProcesses } from './model-processes.js';
import { reasonOf } from './reason-of.js';

export interface FactsSources {
  readonly bundles: BundleStore;
  readonly processes: ModelProcesses;
  readonly memory: RunMemory;
  readonly memoryMarginMb: number;
  readonly availableMemoryMb: () => number;
}

/** What a second child takes where none has been measured yet. */
const GUESSED_CHILD_MB = 120;

export async function gatherFacts(state: DeviceState, sources: FactsSources): Promise<Facts> {
  const { processes, memory, bundles } = sources;
  const { slots } = state;
  const loaded = {
    current: processes.of('current', slots.current) !== null,
    previous: processes.of('previous', slots.previous) !== null,
    candidate: processes.of('candidate', slots.candidate) !== null,
  };
  const bundle = wantedBundle(state);
  const content = await contentOf(bundle, bundles);
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
    shadowPassed: memory.hasPassedShadow(slots.candidate?.version.bundle),
    probationPassed: memory.hasPassedProbation(current),
    failure: memory.failureOf(state) ?? content.unreadable,
    watching: watchLeftMs(state.watch, new Date()) > 0,
    garbage: !memory.isResting && (await hasGarbage(state, bundle, content.known, bundles)),
  };
}

interface Content extends Pick<Facts, 'index' | 'missingChunks'> {
  readonly known: BundleIndex | undefined;
  readonly unreadable: Reason | null;
}

/** A disk that cannot be read ends an update, which needs it. The version that answers goes on without it. */
async function contentOf(bundle: BundleRef | null, bundles: BundleStore): Promise<Content> {
  const none: Content = { index: 'absent', known: undefined, missingChunks: 0, unreadable: null };
  try {
    const index = bundle && (await readIndex(bundle, bundles));
    if (!index) return none;
    return { ...none, index: 'present', known: index, missingChunks: (await bundles.missing(index)).length };
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

function hasRoomForTwo(
  loaded: Facts['loaded'],
  { processes, memoryMarginMb, availableMemoryMb }: FactsSources,
): boolean {
  const count = Object.values(loaded).filter(Boolean).length;
  if (count >= 2) return true;
  const measured = (['current', 'previous', 'candidate'] as const).map(
    (role) => processes.get(role)?.rssMb ?? 0,
  );
  const childMb = Math.max(GUESSED_CHILD_MB, ...measured);
  // For those still to be loaded: unloading one must not look like room for two.
  return availableMemoryMb() >= (2 - count) * childMb + memoryMarginMb;
}

async function hasGarbage(
  state: DeviceState,
  wanted: BundleRef | null,
  index: BundleIndex | undefined,
  bundles: BundleStore,
): Promise<boolean> {
  // Only its index tells which of the chunks at hand a wanted bundle needs.
  if ((!wanted || index) && bundles.chunks.hasOthersThan(chunkDigests(wanted, index))) return true;
  try {
    return (await bundles.unneeded(neededBundles(state, wanted))).length > 0;
  } catch (cause) {
    faultOf(cause);
    return false;
  }
}
