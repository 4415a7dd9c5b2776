/** Preloaded, it sets the clock of a process: off by CLOCK_SHIFT_MS. */
const shiftMs = Number(process.env.CLOCK_SHIFT_MS);
const Machine = Date;

globalThis.Date = class Date extends Machine {
  constructor(...args) {
    if (args.length === 0) super(Machine.now() + shiftMs);
    else super(...args);
  }

  static now() {
    return Machine.now() + shiftMs;
  }
};
