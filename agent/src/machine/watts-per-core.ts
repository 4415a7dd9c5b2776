import { arch } from 'node:os';
import { powerRowOf } from '../core/power-table.js';
import { readText } from './sys-files.js';

/** What one busy core of this machine takes, by the table. */
export async function wattsPerCoreHere(): Promise<number> {
  // A device tree ends its texts with a zero byte.
  const board = (await readText('/proc/device-tree/model'))?.replaceAll('\0', '');
  const cpuinfo = (await readText('/proc/cpuinfo')) ?? '';
  const processor = /^model name\s*:\s*(.*)$/m.exec(cpuinfo)?.[1];
  return powerRowOf({ arch: arch(), model: board ?? processor ?? '' }).wattsPerCore;
}
