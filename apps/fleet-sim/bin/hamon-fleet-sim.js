#!/usr/bin/env node
import { existsSync } from 'node:fs';

const program = new URL('../dist/main.js', import.meta.url);
if (existsSync(program)) {
  await import(program.href);
} else {
  process.stderr.write('hamon-fleet-sim is not built yet: run "npm run setup" in the repository first\n');
  process.exitCode = 1;
}
