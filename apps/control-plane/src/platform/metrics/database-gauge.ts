import { Gauge, type Registry } from 'prom-client';

export type Figures<L extends string> = readonly (readonly [
  labels: Readonly<Record<L, string>>,
  value: number,
])[];

export interface DatabaseGaugeOptions<L extends string> {
  readonly name: string;
  readonly help: string;
  readonly labelNames: readonly L[];
  /** Label values are closed sets, or cut to the most frequent. */
  readonly read: () => Promise<Figures<L>>;
}

/**
 * A gauge over what the database holds, read when somebody scrapes. While the database cannot be asked it has no value
 * and the scrape goes on: a figure that stands still would look like news, and an alert on its absence finds out.
 */
export function databaseGauge<L extends string>(
  registry: Registry,
  { name, help, labelNames, read }: DatabaseGaugeOptions<L>,
): void {
  new Gauge({
    ...{ name, help, labelNames },
    registers: [registry],
    async collect(): Promise<void> {
      const figures = await read().catch(() => []);
      this.reset();
      for (const [labels, value] of figures) this.set(labels, value);
    },
  });
}
