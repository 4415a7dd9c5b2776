import { z } from 'zod';

/** A file or folder of the device. */
export const Path = z
  .string()
  .min(1)
  .max(4096)
  .refine((path) => !path.includes('\0'), 'must not hold a zero byte');

export const FramesPerSecond = z.number().gt(0).max(1000);

const pixels = z.int().min(0).max(16_384);

/** A part of a frame, in its pixels. */
export const Region = z.strictObject({
  x: pixels,
  y: pixels,
  width: pixels.min(1),
  height: pixels.min(1),
});
export type Region = z.infer<typeof Region>;

/** A port that is listened on or connected to. */
export const Port = z.int().min(1).max(65_535);
export const Host = z
  .string()
  .min(1)
  .max(253)
  .regex(/^[A-Za-z0-9._:-]+$/, 'must be a host name or an IP address');
