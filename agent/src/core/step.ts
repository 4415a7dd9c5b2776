import type { BundleRef, DevicePolicy, Reason } from '@hamon/contracts';
import type { Slot, Target } from './model-state.js';

/** One thing to do on the way to the desired state. Every step may be interrupted and begun again. */
export type Step =
  | { readonly kind: 'assign'; readonly target: Target }
  | { readonly kind: 'loadCurrent'; readonly slot: Slot }
  | { readonly kind: 'fetchIndex'; readonly bundle: BundleRef }
  | { readonly kind: 'fetchChunks'; readonly bundle: BundleRef }
  | { readonly kind: 'assembleBundle'; readonly target: Target }
  | { readonly kind: 'stopShadow' }
  | { readonly kind: 'unloadCurrent' }
  | { readonly kind: 'dropCandidate' }
  | { readonly kind: 'loadCandidate'; readonly slot: Slot }
  | { readonly kind: 'selfTest'; readonly slot: Slot }
  | { readonly kind: 'shadow'; readonly slot: Slot }
  | { readonly kind: 'activate'; readonly slot: Slot }
  | { readonly kind: 'loadPrevious'; readonly slot: Slot }
  | { readonly kind: 'observeProbation'; readonly policy: DevicePolicy }
  | { readonly kind: 'commit' }
  | { readonly kind: 'refuse'; readonly reason: Reason }
  | { readonly kind: 'rollBack'; readonly reason: Reason }
  | { readonly kind: 'reinstall' }
  | { readonly kind: 'collectGarbage' };

export type StepKind = Step['kind'];
export type StepOf<K extends StepKind> = Extract<Step, { readonly kind: K }>;
