import { readFileSync } from 'node:fs';

/** As its package says; shown in the hardware facts. */
export const AGENT_VERSION = (
  JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }
).version;
