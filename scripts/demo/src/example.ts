import { join } from 'node:path';

/** The models of `examples/surface-inspection`; all look at the same images. */
export const EXAMPLE_MODELS = ['surface-inspection', 'surface-defects'] as const;
export const [CLASSIFIER, DETECTOR] = EXAMPLE_MODELS;
export type ExampleModel = (typeof EXAMPLE_MODELS)[number];

/** The versions that each of them has, the older first. */
export const EXAMPLE_VERSIONS = ['1.0.0', '2.0.0'] as const;
export type ExampleVersion = (typeof EXAMPLE_VERSIONS)[number];

const folder = (root: string): string => join(root, 'examples/surface-inspection');

/** Drawn by the set-up. */
export const exampleImages = (root: string): string => join(folder(root), 'images/line');

/** The bundle folder of one version; the classifier's lie where they were before there was another model. */
export const exampleBundle = (root: string, model: ExampleModel, version: ExampleVersion): string =>
  join(folder(root), 'bundles', ...(model === CLASSIFIER ? [] : [model]), version);
