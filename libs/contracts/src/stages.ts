import { err, ok, type Result } from './result.js';

/** How far one stage widens the ripple, cumulatively. */
export type StageSize =
  | { readonly kind: 'count'; readonly devices: number }
  | { readonly kind: 'percent'; readonly percent: number };

/** `1,10%,50%,100%` → stage sizes. */
export function parseStages(text: string): Result<readonly StageSize[], string> {
  const sizes: StageSize[] = [];
  const terms = text.split(',').map((term) => term.trim());
  if (terms.length > 50) return err('a rollout has at most 50 stages');
  for (const term of terms) {
    const match = /^(\d{1,9}(?:\.\d{1,6})?)(%?)$/.exec(term);
    const value = Number(match?.[1]);
    if (match?.[2] === '%' && value > 0 && value <= 100) sizes.push({ kind: 'percent', percent: value });
    else if (match?.[2] === '' && Number.isInteger(value) && value > 0)
      sizes.push({ kind: 'count', devices: value });
    else
      return err(`stage "${term}" must be a whole number of devices or a percentage above 0 and up to 100%`);
  }
  return ok(sizes);
}

/**
 * Cumulative device counts for a cohort of `total`: percentages rounded up, capped at `total`, equal ones merged.
 * Errors where a stage is smaller than the one before it.
 */
export function resolveStages(sizes: readonly StageSize[], total: number): Result<readonly number[], string> {
  const counts: number[] = [];
  for (const size of sizes) {
    // Floating point: 10 % of 30 must be 3, not ceil(3.0000000000000004).
    const wanted = size.kind === 'count' ? size.devices : Math.ceil((size.percent * total) / 100 - 1e-9);
    const devices = Math.min(total, Math.max(1, wanted));
    const last = counts.at(-1) ?? 0;
    if (devices < last) return err(`stages must grow: ${devices} devices come after ${last}`);
    if (devices > last) counts.push(devices);
  }
  return ok(counts);
}
