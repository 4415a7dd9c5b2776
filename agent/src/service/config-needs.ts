import { dirname } from 'node:path';
import type { DeviceConfig } from '@hamon/contracts';

/** What an agent's configuration has it touch beside its state folder. */
export interface ConfigNeeds {
  /** Device nodes. */
  readonly devices: readonly string[];
  /** Folders that it writes into, takes files from, or lets pushed configurations use. */
  readonly writes: readonly string[];
  /** Files and folders that it reads. */
  readonly reads: readonly string[];
  /** A cgroup of its own, to hold itself to a budget. */
  readonly cgroup: boolean;
}

/**
 * Read from the document's shape instead of from each kind of source and sink, so that a new kind needs no entry here: a
 * text below /dev is a device, the file of a `jsonl` sink and a drop folder are written, other absolute paths are read.
 */
export function configNeeds(config: DeviceConfig): ConfigNeeds {
  const devices = new Set<string>();
  const writes = new Set<string>(config.allow.folders);
  const reads = new Set<string>();
  const visit = (value: unknown, kind?: unknown): void => {
    if (typeof value === 'string') {
      if (isDevice(value)) devices.add(value);
      return;
    }
    if (typeof value !== 'object' || value === null) return;
    const row = value as Readonly<Record<string, unknown>>;
    const own = row['kind'] ?? kind;
    for (const [key, item] of Object.entries(row)) {
      if (typeof item !== 'string' || !item.startsWith('/') || isDevice(item)) visit(item, own);
      else if (key === 'path' && own === 'jsonl') writes.add(dirname(item));
      else if (key === 'path' && own === 'drop-folder') writes.add(item);
      else if (PATH_KEYS.test(key)) reads.add(item);
    }
  };
  const { source, sinks, streams, resources } = config;
  visit([source, sinks, streams]);
  const cgroup = resources.cpu.budget !== undefined;
  return { devices: [...devices], writes: [...writes], reads: [...reads], cgroup };
}

/** An MQTT topic may begin with a slash, too. */
const PATH_KEYS = /^(path|file|ca|certificate|key)$/;

const isDevice = (text: string): boolean => text.startsWith('/dev/') && !text.startsWith('/dev/shm/');
