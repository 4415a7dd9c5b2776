import type { Breach, Constraints } from './constraints.js';

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;
const WORDS: Readonly<Record<keyof Constraints, readonly [what: string, show: (value: number) => string]>> = {
  maxAccuracyDrop: ['accuracy given up', percent],
  maxOutputError: ['output error', (error) => error.toFixed(4)],
  maxP95Ms: ['p95', (ms) => `${ms.toFixed(1)} ms`],
  maxRssMb: ['memory', (mb) => `${mb.toFixed(0)} MB`],
  maxBytes: ['size', (bytes) => `${bytes} bytes`],
};

/** One broken constraint for a person: `p95 61.2 ms is above 50.0 ms`. */
export function describeBreach(breach: Breach): string {
  if (breach.constraint === 'fitness') return `unfit there: ${breach.reason}`;
  const { constraint, limit, actual } = breach;
  const [what, show] = WORDS[constraint];
  return actual === undefined
    ? `nothing shows that ${what} stays within ${show(limit)}`
    : `${what} ${show(actual)} is above ${show(limit)}`;
}
