import { Gauge, type Registry } from 'prom-client';

export type Figures<L extends string> = readonly (readonly [
  labels: Readonly<Record<L, string>>,
  value: number,
])[];

export interface DatabaseGaugeOptions<L extends string> {
  readonly name: string;
  readonly help: string;
  readonly labelNames: readonly L[];
  /** Label values are closed sets, or limited to the most frequent. */
  readonly read: () => Promise<Figures<L>>;
}

/**
 * A gauge over what the database holds, read at each scrape. While the database cannot be asked it has no value
 * and the scrape goes on: a stale figure would look current, and an alert on its absence can tell.
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
