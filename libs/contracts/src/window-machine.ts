import { z } from 'zod';

/** Where a figure of energy comes from. */
export const ENERGY_SOURCES = ['rapl', 'hwmon', 'cpu-time'] as const;

/**
 * The whole machine in the time of a window, as far as it can be read there; windows of several streams lie over the same
 * time and say the same of it.
 */
export const WindowMachine = z.strictObject({
  /** Of the agent, its models and the programs that it started. */
  cpuSeconds: z.number().min(0),
  /** The highest reading of the processor's sensors, in degrees Celsius. */
  temperatureMax: z.number().min(-100).max(250).exactOptional(),
  /** Share of the time in which the processor was slowed down by heat or want of power. */
  throttledShare: z.number().min(0).max(1).exactOptional(),
  energy: z
    .strictObject({
      /** Of the processor (`rapl`), of what the board's sensors measure (`hwmon`), or of the agent's own work (`cpu-time`). */
      joules: z.number().min(0),
      source: z.enum(ENERGY_SOURCES),
      /** Not measured, but made of processor time and a table of watts. */
      estimated: z.boolean(),
      /** Of this window's stream: its part of the time in which models worked, by the number of its answers. Absent without answers. */
      joulesPerInference: z.number().min(0).exactOptional(),
    })
    .exactOptional(),
});
export type WindowMachine = z.infer<typeof WindowMachine>;
