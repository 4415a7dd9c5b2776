import { writeFileSync } from 'node:fs';

/** Where memory runs out, Linux shall end a child process, which can be started again, and not its supervisor. */
export function preferAsOomVictim(): void {
  try {
    writeFileSync('/proc/self/oom_score_adj', '500');
  } catch {
    // Other systems have no such file, and some containers forbid it: the kernel's own choice stands.
  }
}
