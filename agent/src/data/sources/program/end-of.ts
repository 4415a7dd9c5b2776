import type { ProgramEnd } from '../../../adapters/frame-program.js';

/** How a program ended, to stand behind its name. */
export function endOf({ code, signal, startFailure }: ProgramEnd): string {
  if (startFailure !== undefined) return `did not start (${startFailure})`;
  return signal === null ? `ended with code ${code ?? '?'}` : `was ended by ${signal}`;
}
