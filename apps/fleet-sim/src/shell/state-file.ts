import { rename, writeFile } from 'node:fs/promises';
import { readFileIfThere } from '@hamon/content';
import { AgentError, EMPTY_STATE, StoredState, type DeviceState } from '@hamon/agent/protocol';

/**
 * A simulated device's state on disk, always whole. Not synced, unlike a real one's: thousands on one disk would measure
 * the disk, and after a power cut the rehearsal is run again.
 */
export class StateFile {
  constructor(private readonly path: string) {}

  /** @throws AgentError `storage-error` for a file that is no state */
  async load(): Promise<DeviceState> {
    const text = await readFileIfThere(this.path);
    if (text === undefined) return EMPTY_STATE;
    try {
      return StoredState.parse(JSON.parse(text));
    } catch (cause) {
      throw new AgentError('storage-error', `${this.path} is damaged`, { cause });
    }
  }

  async save(state: DeviceState): Promise<void> {
    await writeFile(`${this.path}.partial`, JSON.stringify(state));
    await rename(`${this.path}.partial`, this.path);
  }
}
