import type { FrameRouter } from '../frame-router.js';
import type { ServedModel } from '../served-models.js';

/** What metrics are about: a model's router, and its way to the cloud where it has one. */
export type MeasuredModel = Pick<ServedModel, 'model'> & {
  readonly router: FrameRouter;
  readonly fallback?: ServedModel['fallback'];
};
