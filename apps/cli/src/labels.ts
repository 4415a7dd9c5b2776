import { LabelKey, LabelValue } from '@hamon/contracts';
import { UsageError } from './exit.js';

/** `site=osaka` sets, `site=` removes. */
export function parseLabels(terms: readonly string[]): Record<string, string | null> {
  const labels: Record<string, string | null> = {};
  for (const term of terms) {
    const at = term.indexOf('=');
    const [key, value] = [term.slice(0, at), term.slice(at + 1)];
    if (at < 1) throw new UsageError(`label "${term}" must be written k=v`);
    const problem =
      LabelKey.safeParse(key).error ?? (value === '' ? undefined : LabelValue.safeParse(value).error);
    if (problem) throw new UsageError(`label "${term}": ${problem.issues[0]?.message ?? 'not allowed'}`);
    labels[key] = value === '' ? null : value;
  }
  return labels;
}
