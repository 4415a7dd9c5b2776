/** What the sensors say at one moment; what cannot be read is absent. */
export interface HeatReading {
  /** Of the processor's hottest sensor, in degrees Celsius. */
  readonly temperature?: number;
  /** What slows the processor down just now; present where that can be known. */
  readonly slowedBy?: readonly string[];
  /** How often it was slowed down since the machine's start. */
  readonly throttleCount?: number;
  /** Of its highest clock, 0 to 1. */
  readonly clockShare?: number;
}

export interface HeatState {
  readonly reading: HeatReading;
  readonly isTooHot: boolean;
  /** Undefined where that cannot be known. */
  readonly isThrottled: boolean | undefined;
  readonly reasons: readonly string[];
  /** When it was last slowed down. */
  readonly throttledAtMs: number;
}

export const NO_HEAT: HeatState = {
  ...{ reading: {}, isTooHot: false, isThrottled: undefined, reasons: [], throttledAtMs: -Infinity },
};

/** So much cooler it has to be before it is no longer too hot: sensors swing by a few degrees. */
const HYSTERESIS = 5;
/** A processor that is throttled is so in bursts. */
const THROTTLED_FOR_MS = 60_000;

/** The next look at the sensors. */
export function nextHeat(
  before: HeatState,
  reading: HeatReading,
  limitCelsius: number,
  nowMs: number,
): HeatState {
  const { temperature = -Infinity, throttleCount = 0, slowedBy } = reading;
  const limit = before.isTooHot ? limitCelsius - HYSTERESIS : limitCelsius;
  const grown = Math.max(0, throttleCount - (before.reading.throttleCount ?? throttleCount));
  const counted = grown > 0 ? [`slowed down by heat ${grown} times since the last look`] : [];
  const now = [...(slowedBy ?? []), ...counted];
  return {
    reading,
    isTooHot: temperature >= limit,
    isThrottled: slowedBy === undefined ? undefined : now.length > 0,
    reasons: now.length > 0 ? now : before.reasons,
    throttledAtMs: now.length > 0 ? nowMs : before.throttledAtMs,
  };
}

/** The troubles that follow: a sentence each, null where there is none. */
export function heatTroubles(
  { reading, isTooHot, reasons, throttledAtMs }: HeatState,
  limitCelsius: number,
  nowMs: number,
): Readonly<Record<'too-hot' | 'throttled', string | null>> {
  const { temperature = 0, clockShare } = reading;
  const clock = clockShare === undefined ? '' : `; it runs at ${Math.round(clockShare * 100)} % of its clock`;
  const isThrottled = nowMs - throttledAtMs < THROTTLED_FOR_MS;
  const hot = `the processor has ${temperature.toFixed(0)} °C, the limit is ${limitCelsius} °C`;
  return {
    'too-hot': isTooHot ? hot : null,
    throttled: isThrottled ? `the processor is slowed down (${reasons.join(', ')})${clock}` : null,
  };
}
