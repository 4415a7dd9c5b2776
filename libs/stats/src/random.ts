/** A reproducible source of randomness; not for secrets. */
export interface SeededRandom {
  /** Uniform in [0, 1). */
  next(): number;
  /** Uniform whole number in [0, below). */
  below(below: number): number;
  /** Standard normal. */
  normal(): number;
  /** A new array in random order (Fisher-Yates). */
  shuffled<T>(items: readonly T[]): T[];
}

/** The same numbers for the same seed on every platform: Marsaglia's xorshift128, seeded by an integer mix. */
export function seededRandom(seed: number): SeededRandom {
  if (!Number.isSafeInteger(seed)) throw new RangeError(`a seed must be a whole number, is ${seed}`);
  let mixed = Math.imul(seed ^ Math.floor(seed / 2 ** 32), 0x9e3779b1) >>> 0;
  const word = (): number => {
    // The finaliser of MurmurHash3 over a Weyl sequence: neighbouring seeds share nothing.
    mixed = (mixed + 0x6d2b79f5) >>> 0;
    let h = mixed;
    h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
    h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
    return (h ^ (h >>> 16)) >>> 0;
  };
  let [x, y, z, w] = [word(), word(), word(), word() | 1];
  const next32 = (): number => {
    const t = x ^ (x << 11);
    [x, y, z] = [y, z, w];
    w = (w ^ (w >>> 19) ^ t ^ (t >>> 8)) >>> 0;
    return w;
  };
  const next = (): number => ((next32() >>> 5) * 67_108_864 + (next32() >>> 6)) / 2 ** 53;
  const below = (limit: number): number => Math.floor(next() * limit);
  return {
    next,
    below,
    normal: () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()),
    shuffled: (items) => {
      const copy = [...items];
      for (let i = copy.length - 1; i > 0; i -= 1) {
        const j = below(i + 1);
        const [a, b] = [copy[i], copy[j]] as [(typeof copy)[number], (typeof copy)[number]];
        copy[i] = b;
        copy[j] = a;
      }
      return copy;
    },
  };
}
