import { join } from 'node:path';
import type { Disk } from '@hamon/content';
import { AgentError } from '../agent-error.js';
import { DeviceState, EMPTY_STATE } from '../core/device-state.js';
import { storageFault } from './storage-fault.js';

const FILE = 'state.json';
const FORMER = 'state.previous.json';
const PARTIAL = 'state.json.partial';
const MAX_BYTES = 4 * 1024 ** 2;

export interface LoadedState {
  readonly state: DeviceState;
  /** `former`: the newest file was torn or missing; `none`: a new device. */
  readonly from: 'newest' | 'former' | 'none';
}

/**
 * The device's state on disk. A new one is written whole and synced beside the old one before it takes its name, and
 * the old one is kept: whatever tears a file, the device still knows its slots.
 */
export class StateStore {
  constructor(
    private readonly folder: string,
    private readonly disk: Disk,
  ) {}

  /** @throws AgentError `storage-error` where there are state files but none can be read: starting empty would forget a model */
  async load(): Promise<LoadedState> {
    const newest = await this.read(FILE);
    if (newest.state) return { state: newest.state, from: 'newest' };
    const former = await this.read(FORMER);
    if (former.state) return { state: former.state, from: 'former' };
    if (!newest.exists && !former.exists) return { state: EMPTY_STATE, from: 'none' };
    throw new AgentError(
      'storage-error',
      `neither ${FILE} nor ${FORMER} in ${this.folder} can be read; remove both to begin with an empty state`,
    );
  }

  /** @throws AgentError `disk-full`, `storage-error`; the former state is then still what a restart finds */
  async save(state: DeviceState): Promise<void> {
    const bytes = Buffer.from(`${JSON.stringify(state)}\n`);
    const partial = join(this.folder, PARTIAL);
    try {
      await this.disk.remove(partial);
      const file = await this.disk.create(partial);
      try {
        await file.write(bytes);
        await file.sync();
      } finally {
        await file.close();
      }
      if (await this.disk.stat(join(this.folder, FILE))) {
        await this.disk.rename(join(this.folder, FILE), join(this.folder, FORMER));
      }
      await this.disk.rename(partial, join(this.folder, FILE));
      await this.disk.syncFolder(this.folder);
    } catch (cause) {
      throw storageFault('writing the device state', cause);
    }
  }

  private async read(name: string): Promise<{ exists: boolean; state?: DeviceState }> {
    const path = join(this.folder, name);
    const entry = await this.disk.stat(path);
    if (entry?.kind !== 'file') return { exists: false };
    if (entry.lengthBytes === 0 || entry.lengthBytes > MAX_BYTES) return { exists: true };
    const file = await this.disk.openRead(path);
    try {
      const bytes = new Uint8Array(entry.lengthBytes);
      const count = await file.read(bytes, 0);
      const parsed = DeviceState.safeParse(
        JSON.parse(Buffer.from(bytes.subarray(0, count)).toString('utf8')),
      );
      return parsed.success ? { exists: true, state: parsed.data } : { exists: true };
    } catch (cause) {
      if (cause instanceof SyntaxError) return { exists: true };
      throw cause;
    } finally {
      await file.close();
    }
  }
}
