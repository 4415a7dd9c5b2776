#!/usr/bin/env node
import { existsSync } from 'node:fs';

const program = new URL('../dist/main.js', import.meta.url);
if (existsSync(program)) {
  // Before the program: loading it is what makes the heap grow first. Memory is scarce on gateways.
  const { keepYoungGenerationSmall } = await import('../dist/data/young-generation.js');
  keepYoungGenerationSmall();
  await import(program.href);
} else {
  process.stderr.write('hamon-agent is not built yet: run "npm run setup" in the repository first\n');
  process.exitCode = 1;
}
