/** A closed interval of a figure. */
export interface Interval {
  readonly lower: number;
  readonly upper: number;
}

/**
 * Wilson's score interval of a proportion (Wilson, JASA 1927), `z` standard errors to both sides. Unlike the ordinary
 * interval it stays honest for few trials and for no or only successes; without trials it is [0, 1].
 */
export function wilsonInterval(successes: number, trials: number, z: number): Interval {
  if (!(successes >= 0 && successes <= trials)) {
    throw new RangeError(`${successes} successes in ${trials} trials`);
  }
  if (trials === 0) return { lower: 0, upper: 1 };
  const p = successes / trials;
  const z2 = z * z;
  const centre = p + z2 / (2 * trials);
  const reach = z * Math.sqrt((p * (1 - p)) / trials + z2 / (4 * trials * trials));
  const scale = 1 + z2 / trials;
  return {
    lower: successes === 0 ? 0 : Math.max(0, (centre - reach) / scale),
    upper: successes === trials ? 1 : Math.min(1, (centre + reach) / scale),
  };
}

/**
 * Newcombe's hybrid score interval (method 10 of Newcombe, Statistics in Medicine 1998) of the difference
 * `first - second` of two proportions.
 */
export function differenceInterval(
  first: { readonly successes: number; readonly trials: number },
  second: { readonly successes: number; readonly trials: number },
  z: number,
): Interval {
  const a = wilsonInterval(first.successes, first.trials, z);
  const b = wilsonInterval(second.successes, second.trials, z);
  const p = first.trials === 0 ? 0.5 : first.successes / first.trials;
  const q = second.trials === 0 ? 0.5 : second.successes / second.trials;
  return {
    lower: p - q - Math.hypot(p - a.lower, b.upper - q),
    upper: p - q + Math.hypot(a.upper - p, q - b.lower),
  };
}
