import { lineValue, quoted } from './unit-text.js';

export const isHome = (path: string): boolean => /^\/(home|root|run\/user)(\/|$)/.test(path);

/** Nothing of people's own folders is seen but what the configuration names there. */
export function homeRules(writes: readonly string[], reads: readonly string[]): readonly string[] {
  const written = writes.filter(isHome);
  const read = reads.filter((path) => isHome(path) && !written.includes(path));
  if (written.length + read.length === 0) return ['ProtectHome=true'];
  return [
    'ProtectHome=tmpfs',
    ...written.map((path) => `BindPaths=${mounted(path)}`),
    ...read.map((path) => `BindReadOnlyPaths=${mounted(path)}`),
  ];
}

/** A colon would end the source of the mount; the path may be away. */
const mounted = (path: string): string => quoted(`-${lineValue(path)}`);
