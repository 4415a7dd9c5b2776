import { readdirSync, readFileSync } from 'node:fs';

export interface SeenProcess {
  readonly pid: number;
  readonly parent: number;
  readonly state: string;
  readonly command: string;
}

/** All processes of the machine, as anybody may list them. */
export function processes(): SeenProcess[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
        const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
        const command = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ');
        return [{ pid: Number(name), parent: Number(parent), state: state!, command }];
      } catch {
        // Ended meanwhile.
        return [];
      }
    });
}

export const childrenOf = (pid: number): SeenProcess[] => processes().filter(({ parent }) => parent === pid);

export const isAlive = (pid: number): boolean =>
  processes().some((one) => one.pid === pid && one.state !== 'Z');
