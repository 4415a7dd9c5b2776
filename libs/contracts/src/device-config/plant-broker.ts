import { z } from 'zod';
import { Path } from './fields.js';
import { address, SecretRef } from './secret-ref.js';

/** A broker of the plant's own, apart from the fleet's. Rows that say the same share one connection. */
export const PlantBroker = z.strictObject({
  url: address('mqtt', 'mqtts'),
  user: z.string().min(1).max(200).exactOptional(),
  password: SecretRef.exactOptional(),
  clientId: z.string().min(1).max(64).exactOptional(),
  /** PEM files: authorities that are trusted, and the device's own certificate. */
  ca: Path.exactOptional(),
  certificate: Path.exactOptional(),
  key: Path.exactOptional(),
  /** Accepts a broker outside of this machine without TLS. */
  insecure: z.boolean().default(false),
});
export type PlantBroker = z.infer<typeof PlantBroker>;

/** A topic without wildcards. */
export const Topic = z
  .string()
  .min(1)
  .max(500)
  .regex(/^[^+#\0]+$/, 'must be a topic without + and #');
export const Qos = z.union([z.literal(0), z.literal(1)]);
