import { readdirSync, readFileSync } from 'node:fs';

interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  readonly command: string;
}

/** Every living process, from proc(5); a process that ends meanwhile is left out. */
function processes(): Process[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .flatMap((entry) => {
      try {
        const stat = readFileSync(`/proc/${entry}/stat`, 'latin1');
        const [state, parent, group] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
        const command = readFileSync(`/proc/${entry}/cmdline`, 'utf8').replaceAll('\0', ' ');
        return state === 'Z'
          ? []
          : [{ pid: Number(entry), parent: Number(parent), group: Number(group), command }];
      } catch {
        return [];
      }
    });
}

/** Leaders of the process groups that compress for a control plane. */
export const compressLeaders = (controlPlane: number): number[] =>
  processes()
    .filter(
      ({ parent, command }) =>
        parent === controlPlane && command.includes('libs/compress/dist/process/worker'),
    )
    .map(({ pid }) => pid);

/** The living processes of a group. */
export const groupMembers = (group: number): number[] =>
  processes()
    .filter((process) => process.group === group)
    .map(({ pid }) => pid);
