/**
 * One process, told apart from all others that had or will have its number: numbers are used again, in containers
 * always the same few. A part that nobody can tell is empty.
 */
export interface ProcessName {
  readonly pid: number;
  /** Clock ticks from the machine's boot to its start: proc(5), field 22 of `stat`. */
  readonly start: string;
  /** Which boot of the machine: ticks are counted anew after each. */
  readonly boot: string;
  /** Its start by its own clock, in microseconds. Told by itself alone. */
  readonly birth: string;
}

/** Short enough for a symbolic link that takes no space of its own: 59 bytes on ext4. */
export const formatProcessName = ({ pid, start, boot, birth }: ProcessName): string =>
  [pid, start, boot, birth].join('.');

/** The parts in their order; without the birth, and as pid and start alone, where earlier releases wrote them. */
const FORMS = [/^(\d+)\.(\d*)\.([\da-f]*)(?:\.(\d*))?$/, /^(\d+)(?: (\d*))?$/];

/** Undefined for what names no process. */
export function parseProcessName(text: string): ProcessName | undefined {
  for (const form of FORMS) {
    const found = form.exec(text);
    if (!found) continue;
    const [, pid, start = '', boot = '', birth = ''] = found;
    return { pid: Number(pid), start, boot, birth };
  }
  return undefined;
}

/** Is what now has a named process's number that very process? Where too little is known to tell, it is. */
export function isSameProcess(named: ProcessName, found: ProcessName): boolean {
  // Whoever is asked about itself knows for certain: a name with its number and another birth, or none, is a former one's.
  if (found.birth !== '' && found.birth !== named.birth) return false;
  return agree(named.start, found.start) && agree(named.boot, found.boot);
}

const agree = (one: string, other: string): boolean => one === '' || other === '' || one === other;
