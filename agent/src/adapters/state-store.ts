import { join } from 'node:path';
import type { Disk } from '@hamon/content';
import { AgentError } from '../agent-error.js';
import { EMPTY_STATE, type DeviceState } from '../core/device-state.js';
import { StoredState } from '../core/migrate-state.js';
import { storageFault } from './storage-fault.js';

const FILE = 'state.json';
const FORMER = 'state.previous.json';
const PARTIAL = 'state.json.partial';
const FORMER_PARTIAL = 'state.previous.json.partial';
/** As many models as a device may know, each with the longest manifest that there is. */
const MAX_BYTES = 64 * 1024 ** 2;

export interface LoadedState {
  readonly state: DeviceState;
  /** `former`: the newest file was torn or missing; `none`: a new device. */
  readonly from: 'newest' | 'former' | 'none';
}

/**
 * The device's state on disk. A new one is written whole and synced beside the old one before it takes its name in one
 * step, and the old one is kept under another: whatever tears a file, the device still knows its slots.
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

  /** @throws AgentError `disk-full`, `storage-error`; a restart then still finds the former state */
  async save(state: DeviceState): Promise<void> {
    try {
      await this.write(PARTIAL, state);
      await this.keepFormer();
      await this.disk.rename(this.at(PARTIAL), this.at(FILE));
      await this.disk.syncFolder(this.folder);
    } catch (cause) {
      throw storageFault('writing the device state', cause);
    }
  }

  /** The newest state gets the former one's name as well, and keeps its own until it is replaced. */
  private async keepFormer(): Promise<void> {
    const { state } = await this.read(FILE);
    // A damaged one must not replace the former, which is then the only one.
    if (!state) return;
    const second = this.at(FORMER_PARTIAL);
    await this.disk.remove(second);
    try {
      await this.disk.link(this.at(FILE), second);
    } catch {
      // Not every file system has hard links. Where something else is wrong, the copy fails too.
      await this.write(FORMER_PARTIAL, state);
    }
    // A save may have ended right here before; then both are one file, this does nothing, and the next save removes `second`.
    await this.disk.rename(second, this.at(FORMER));
  }

  private async write(name: string, state: DeviceState): Promise<void> {
    await this.disk.remove(this.at(name));
    const file = await this.disk.create(this.at(name));
    try {
      await file.write(Buffer.from(`${JSON.stringify(state)}\n`));
      await file.sync();
    } finally {
      await file.close();
    }
  }

  private at(name: string): string {
    return join(this.folder, name);
  }

  private async read(name: string): Promise<{ exists: boolean; state?: DeviceState }> {
    const path = this.at(name);
    try {
      const entry = await this.disk.stat(path);
      if (!entry) return { exists: false };
      if (entry.kind !== 'file' || entry.lengthBytes > MAX_BYTES) return { exists: true };
      const { success, data } = StoredState.safeParse(JSON.parse(await this.text(path, entry.lengthBytes)));
      return success ? { exists: true, state: data } : { exists: true };
    } catch {
      // Torn, or on a part of the disk that cannot be read: the other one may be whole.
      return { exists: true };
    }
  }

  private async text(path: string, lengthBytes: number): Promise<string> {
    const file = await this.disk.openRead(path);
    try {
      const bytes = new Uint8Array(lengthBytes);
      const count = await file.read(bytes, 0);
      return Buffer.from(bytes.subarray(0, count)).toString('utf8');
    } finally {
      await file.close();
    }
  }
}
