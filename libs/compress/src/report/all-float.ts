import type { CompressReport } from './compress-report.js';

/** Names of quantized variants without a layer in integers: the accuracy floor left all of them float. */
export const allFloatOf = ({ variants }: CompressReport): readonly string[] =>
  variants
    .filter(({ notes }) => Array.isArray(notes['quantizedLayers']) && notes['quantizedLayers'].length === 0)
    .map(({ name }) => name);
