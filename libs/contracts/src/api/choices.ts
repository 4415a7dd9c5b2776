import { z } from 'zod';
import { VariantName } from '../names.js';
import { VariantConstraints } from './rollouts.js';

const number = z.coerce.number();

/** Which devices, and what their variant must hold; see `VariantConstraints`. */
export const ChoiceQuery = z.strictObject({
  /** A selector expression; empty selects every device of the fleet. */
  where: z.string().max(1000).default(''),
  maxAccuracyDrop: number.pipe(VariantConstraints.shape.maxAccuracyDrop).exactOptional(),
  maxP95Ms: number.pipe(VariantConstraints.shape.maxP95Ms).exactOptional(),
  maxRssMb: number.pipe(VariantConstraints.shape.maxRssMb).exactOptional(),
  maxBytes: number.pipe(VariantConstraints.shape.maxBytes).exactOptional(),
});
export type ChoiceQuery = z.output<typeof ChoiceQuery>;

/** What a rollout would put on the devices of one hardware class now, and why. */
export const ClassChoiceView = z.object({
  hardwareClass: z.string(),
  devices: z.int(),
  /** `none`: every variant was measured there and none qualifies, so a rollout would be refused. */
  kind: z.enum(['chosen', 'unmeasured', 'none']),
  variant: VariantName.nullable(),
  /** Of the chosen one, at one thread. */
  p50Ms: z.number().nullable(),
  accuracyDrop: z.number().nullable(),
  /** Variants measured there that do not hold the constraints, each with a sentence per broken one. */
  rejected: z.array(z.object({ variant: VariantName, reasons: z.array(z.string()) })),
});
export type ClassChoiceView = z.infer<typeof ClassChoiceView>;

export const VersionChoicesView = z.object({
  constraints: VariantConstraints,
  classes: z.array(ClassChoiceView),
});
export type VersionChoicesView = z.infer<typeof VersionChoicesView>;
