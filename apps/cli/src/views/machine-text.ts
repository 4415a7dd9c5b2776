import type { TelemetryWindow } from '@hamon/contracts';
import { ago } from './words.js';

/** What a machine went through in the time of a window, in one line. */
export function machineText({ machine, startedAt, endedAt }: TelemetryWindow): string {
  if (!machine) return '-';
  const { cpuSeconds, temperatureMax, throttledShare = 0, energy } = machine;
  const seconds = Math.max(0.001, (Date.parse(endedAt) - Date.parse(startedAt)) / 1000);
  const parts = [
    ...(temperatureMax === undefined ? [] : [`up to ${temperatureMax.toFixed(0)} °C`]),
    ...(throttledShare > 0 ? [`slowed down ${(throttledShare * 100).toFixed(0)} % of the time`] : []),
    `${(cpuSeconds / seconds).toFixed(2)} cores busy`,
    ...(energy ? [energyText(energy, seconds)] : []),
  ];
  return `${parts.join(', ')} (${ago(endedAt)})`;
}

function energyText(
  { joules, estimated, joulesPerInference }: NonNullable<NonNullable<TelemetryWindow['machine']>['energy']>,
  seconds: number,
): string {
  const of = estimated ? ' for it, estimated' : '';
  const each = joulesPerInference === undefined ? '' : `, ${figure(joulesPerInference)} J an answer`;
  return `${figure(joules / seconds)} W${of}${each}`;
}

/** Two digits that tell something. */
const figure = (value: number): string => String(Number(value.toPrecision(2)));
