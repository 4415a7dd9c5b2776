import { readFile } from 'node:fs/promises';

/** By the kernel's account (proc(5), `smaps_rollup`), in MB: what the process has, and its share of what several have. */
export async function memoryOf(pid) {
  const text = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8');
  const of = (field) => Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(text)?.[1] ?? NaN) / 1024;
  return { rssMb: of('Rss'), pssMb: of('Pss'), ownMb: of('Pss_Anon') };
}
