/** What one busy core of a kind of machine adds to what it takes at rest. */
export interface PowerRow {
  readonly kind: string;
  readonly wattsPerCore: number;
  matches(machine: PowerFacts): boolean;
}

export interface PowerFacts {
  readonly arch: string;
  /** `/proc/device-tree/model`, or the processor's name in `/proc/cpuinfo`. */
  readonly model: string;
}

const named =
  (pattern: RegExp) =>
  ({ model }: PowerFacts): boolean =>
    pattern.test(model);

/**
 * For machines without a sensor; docs/GATEWAY.md, "Energy", says which rows somebody measured and which are rough. The first row
 * that fits holds. A core's share of a fully loaded machine less what it takes idle; of a real machine it may be half or double
 * of that.
 */
export const POWER_TABLE: readonly PowerRow[] = [
  { kind: 'Raspberry Pi 5', wattsPerCore: 1.5, matches: named(/Raspberry Pi (5|500|Compute Module 5)/) },
  { kind: 'Raspberry Pi 4', wattsPerCore: 0.9, matches: named(/Raspberry Pi (4|400|Compute Module 4)/) },
  {
    kind: 'Raspberry Pi 3, Zero 2',
    wattsPerCore: 0.7,
    matches: named(/Raspberry Pi (3|Zero 2|Compute Module 3)/),
  },
  { kind: 'other ARM board', wattsPerCore: 1, matches: ({ arch }) => arch.startsWith('arm') },
  {
    kind: 'x86 of low power (Atom, Celeron, Pentium, N series)',
    wattsPerCore: 2,
    matches: named(/Atom|Celeron|Pentium|Intel\(R\) (Processor )?N\d+|\bGX-\d+|\bJ\d{4}\b/),
  },
  { kind: 'server (EPYC, Xeon)', wattsPerCore: 3.5, matches: named(/EPYC|Xeon/) },
  { kind: 'other machine', wattsPerCore: 6, matches: () => true },
];

export const powerRowOf = (machine: PowerFacts): PowerRow =>
  POWER_TABLE.find((row) => row.matches(machine)) as PowerRow;
