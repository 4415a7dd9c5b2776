import { Readable } from 'node:stream';
import memory from 'aedes-persistence';

interface RetainedPacket {
  readonly topic: string;
  readonly payload: Buffer | string;
}

/** The two methods of a persistence that retained messages go through. */
interface RetainedPart {
  storeRetained(packet: RetainedPacket): Promise<void>;
  createRetainedStreamCombi(patterns: string[]): Readable;
}

/** An exact topic, or everything directly below one. */
const INDEXED = /^[^+#]+(?:\/\+)?$/;

const parentOf = (topic: string): string => topic.slice(0, topic.lastIndexOf('/'));

/**
 * aedes' persistence in memory, which matches every subscription against every retained topic. Devices subscribe to
 * single chunks, thousands of them retained, and to what is desired of their own models: both are looked up by name instead.
 */
export function exactRetained(): RetainedPart {
  const persistence = (memory as unknown as () => RetainedPart)();
  const byParent = new Map<string, Map<string, RetainedPacket>>();
  const store = persistence.storeRetained.bind(persistence);
  const match = persistence.createRetainedStreamCombi.bind(persistence);
  persistence.storeRetained = (packet) => {
    const parent = parentOf(packet.topic);
    const siblings = byParent.get(parent) ?? new Map<string, RetainedPacket>();
    if (packet.payload.length === 0) siblings.delete(packet.topic);
    else siblings.set(packet.topic, { ...packet });
    if (siblings.size === 0) byParent.delete(parent);
    else byParent.set(parent, siblings);
    return store(packet);
  };
  persistence.createRetainedStreamCombi = (patterns) => {
    if (!patterns.every((pattern) => INDEXED.test(pattern))) return match(patterns);
    const found = patterns.flatMap((pattern) => {
      const siblings = byParent.get(parentOf(pattern));
      if (!siblings) return [];
      return pattern.endsWith('/+') ? [...siblings.values()] : (siblings.get(pattern) ?? []);
    });
    return Readable.from(found);
  };
  return persistence;
}
