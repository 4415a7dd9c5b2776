import { Counter, Gauge, type Registry } from 'prom-client';

/** One series of a metric, its labels in the metric's own order. */
export type Values = readonly (readonly [labels: Readonly<Record<string, string>>, value: number])[];

export interface Metric {
  readonly name: string;
  readonly help: string;
  readonly labels?: readonly string[];
  /** All series there are now: what is not among them is not shown. */
  readonly read: () => Values;
}

/** A counter whose totals are kept elsewhere. */
export function counter(registry: Registry, { name, help, labels = [], read }: Metric): void {
  new Counter({
    ...{ name, help, labelNames: [...labels], registers: [registry] },
    collect(): void {
      this.reset();
      for (const [series, value] of read()) this.inc({ ...series }, value);
    },
  });
}

export function gauge(registry: Registry, { name, help, labels = [], read }: Metric): void {
  new Gauge({
    ...{ name, help, labelNames: [...labels], registers: [registry] },
    collect(): void {
      // Reset, so that a fleet's life of versions does not pile up as label values.
      this.reset();
      for (const [series, value] of read()) this.set({ ...series }, value);
    },
  });
}
