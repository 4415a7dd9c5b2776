import type { Reason } from '@hamon/contracts';

/** `interrupted`: something happened that may change the plan; the step is begun again if it is still due. */
export type StepOutcome =
  | { readonly kind: 'done' }
  | { readonly kind: 'failed'; readonly reason: Reason }
  | { readonly kind: 'interrupted' };

export const DONE: StepOutcome = { kind: 'done' };
