import { z } from 'zod';

/**
 * Paired labels of two versions on the same frames: `cells` holds `[first, second, frames]`, where the first two index
 * `labels`. A window's table has the answering version first.
 */
export const ContingencyTable = z
  .strictObject({
    // As many as are kept of many windows together; one window's are bounded by its message.
    labels: z.array(z.string().max(101)).max(1001),
    cells: z.array(z.tuple([z.int().min(0), z.int().min(0), z.int().min(1)])).max(20_000),
  })
  .refine(
    ({ labels, cells }) => cells.every(([a, b]) => a < labels.length && b < labels.length),
    'cells must index labels',
  );
export type ContingencyTable = z.infer<typeof ContingencyTable>;
