import { z } from 'zod';
import { isUnencrypted } from '../unencrypted.js';
import { Path } from './fields.js';
import { address, SecretRef } from './secret-ref.js';

/** A topic without wildcards, and none of the broker's own (MQTT 3.1.1, 4.7). */
export const Topic = z
  .string()
  .min(1)
  .max(500)
  .regex(/^[^+#\0]+$/, 'must be a topic without + and #')
  .refine((topic) => !topic.startsWith('$'), 'must not begin with "$": such topics are the broker’s own');
export const Qos = z.union([z.literal(0), z.literal(1)]);

const broker = {
  url: address('mqtt', 'mqtts'),
  user: z.string().min(1).max(200).exactOptional(),
  password: SecretRef.exactOptional(),
  /** No other client of the broker may have it; made of the fleet's and the device's names where it is left out. */
  clientId: z.string().min(1).max(64).exactOptional(),
  /** PEM files: authorities that are trusted, and the device's own certificate. */
  ca: Path.exactOptional(),
  certificate: Path.exactOptional(),
  key: Path.exactOptional(),
  /** Says, retained, whether the device is connected; by its last will also when it is lost. */
  statusTopic: Topic.exactOptional(),
  /** Accepts a broker outside of this machine without TLS. */
  insecure: z.boolean().default(false),
};

/** A broker of the plant's own, apart from the fleet's. Rows that say the same share one connection. */
export const PlantBroker = z.strictObject(broker).superRefine((row, context) => {
  const issue = (path: string, message: string): void =>
    context.addIssue({ code: 'custom', path: [path], message });
  const { url, user, password, ca, certificate, key, insecure } = row;
  if (!URL.canParse(url)) return;
  if (isUnencrypted(url) && !insecure) {
    issue('url', 'is not encrypted: use mqtts:// outside of this machine, or say "insecure": true beside it');
  }
  if (new URL(url).protocol === 'mqtt:' && (ca ?? certificate ?? key) !== undefined) {
    issue('url', 'must begin with mqtts:// where ca, certificate or key are named');
  }
  if (password && user === undefined) issue('user', 'is needed with a password');
  if (certificate !== undefined && key === undefined) issue('key', 'is needed with a certificate');
  if (key !== undefined && certificate === undefined) issue('certificate', 'is needed with a key');
});
export type PlantBroker = z.infer<typeof PlantBroker>;
