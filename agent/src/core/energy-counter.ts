/**
 * Energy of a counter that begins at zero again at its end, in joules since the first reading. Readings must be closer together
 * than the counter takes for one round: of a processor's that is a minute at 250 W, and an hour at 5.
 */
export class EnergyCounter {
  private before: number | undefined;
  private total = 0;

  /** @param rangeMicrojoules the highest reading that there is; unbounded where it is not known */
  constructor(private readonly rangeMicrojoules = Infinity) {}

  /** @returns joules up to this reading */
  read(microjoules: number): number {
    const { before = microjoules } = this;
    this.before = microjoules;
    const step = microjoules - before;
    // A counter without a known end that fell was reset: what it had by then is lost.
    const wrapped = Number.isFinite(this.rangeMicrojoules) ? step + this.rangeMicrojoules : microjoules;
    this.total += (step >= 0 ? step : Math.max(0, wrapped)) / 1e6;
    return this.total;
  }
}

/** Energy of a sensor that says watts, which are taken to change evenly between two readings. */
export class PowerIntegral {
  private before: { readonly watts: number; readonly atMs: number } | undefined;
  private total = 0;

  /** @returns joules up to this moment */
  read(watts: number, atMs: number): number {
    const { before } = this;
    if (before) this.total += (((before.watts + watts) / 2) * Math.max(0, atMs - before.atMs)) / 1000;
    this.before = { watts, atMs };
    return this.total;
  }
}
