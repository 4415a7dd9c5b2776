import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('../scripts/demo/dist/main.js', import.meta.url));

/** The demo as anybody runs it, by its own clock: from the start of the platform to the last verdict. */
export async function bench() {
  const { stdout } = spawnSync(process.execPath, [PROGRAM, '--json'], {
    stdio: ['ignore', 'pipe', 'inherit'],
    maxBuffer: 16 * 1024 * 1024,
  });
  const result = JSON.parse(stdout.toString().trim().split('\n').at(-1));
  if (!result.ok)
    throw new Error(`the demo did not do all of it: ${result.reason ?? JSON.stringify(result)}`);
  return {
    figures: [
      { what: 'time', value: result.seconds, unit: 's', aim: { atMost: 120 } },
      { what: 'frames answered', value: result.inferences, unit: '' },
      { what: 'frames lost', value: result.framesLost, unit: '', aim: { atMost: 0 } },
    ],
    notes: [`${result.devices} devices, three versions, set-up not included`],
  };
}
