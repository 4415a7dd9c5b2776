import { createHash } from 'node:crypto';
import { parseIndex } from '@hamon/content';
import { chunkTopic, type BundleIndex, type ChunkRef, type Manifest } from '@hamon/contracts';
import type { MqttClient } from 'mqtt';

/** Fetches the bundle's index and every chunk it names from the broker; answers the index. */
export async function fetchBundle(
  client: MqttClient,
  fleet: string,
  { bundle }: Manifest,
): Promise<BundleIndex> {
  const bytes = Buffer.concat(await fetchAll(client, fleet, bundle.chunks));
  const index = parseIndex(bytes, bundle.sha256);
  await fetchAll(
    client,
    fleet,
    index.files.flatMap(({ chunks }) => chunks),
  );
  return index;
}

export async function fetchChunk(
  client: MqttClient,
  fleet: string,
  { sha256, length }: ChunkRef,
): Promise<Buffer> {
  const topic = chunkTopic(fleet, sha256);
  const bytes = await new Promise<Buffer>((resolve, reject) => {
    const listener = (at: string, payload: Buffer): void => {
      if (at !== topic || payload.length === 0) return;
      client.off('message', listener);
      resolve(payload);
    };
    client.on('message', listener);
    client.subscribeAsync(topic, { qos: 1 }).catch(reject);
  });
  await client.unsubscribeAsync(topic);
  const digest = createHash('sha256').update(bytes).digest('hex');
  if (digest !== sha256 || bytes.length !== length) throw new Error(`chunk ${sha256} came with other bytes`);
  return bytes;
}

async function fetchAll(client: MqttClient, fleet: string, chunks: readonly ChunkRef[]): Promise<Buffer[]> {
  const bytes: Buffer[] = [];
  for (const chunk of chunks) bytes.push(await fetchChunk(client, fleet, chunk));
  return bytes;
}
