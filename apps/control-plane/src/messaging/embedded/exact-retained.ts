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

const isExact = (pattern: string): boolean => !/[+#]/.test(pattern);

/**
 * aedes' persistence in memory, which matches every subscription against every retained topic. Devices subscribe to
 * single chunks, thousands of them retained: an exact topic is looked up by its name instead.
 */
export function exactRetained(): RetainedPart {
  const persistence = (memory as unknown as () => RetainedPart)();
  const byTopic = new Map<string, RetainedPacket>();
  const store = persistence.storeRetained.bind(persistence);
  const match = persistence.createRetainedStreamCombi.bind(persistence);
  persistence.storeRetained = (packet) => {
    if (packet.payload.length === 0) byTopic.delete(packet.topic);
    else byTopic.set(packet.topic, { ...packet });
    return store(packet);
  };
  persistence.createRetainedStreamCombi = (patterns) => {
    if (!patterns.every(isExact)) return match(patterns);
    return Readable.from(patterns.flatMap((topic) => byTopic.get(topic) ?? []));
  };
  return persistence;
}
