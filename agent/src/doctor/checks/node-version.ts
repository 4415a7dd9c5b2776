import type { Check } from '../check.js';
import { fail, ok } from '../finding.js';

/** Of `engines` in the agent's package. */
const OLDEST = [20, 19] as const;

export const nodeVersion: Check = {
  name: 'node',
  run: async () => judgeNode(process.versions.node),
};

export function judgeNode(version: string): ReturnType<typeof ok> {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const isNew = major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1]);
  if (isNew) return ok(`Node.js ${version}`);
  return fail(
    `Node.js ${version} is too old: the agent needs ${OLDEST.join('.')} or newer`,
    'curl -fsSL https://deb.nodesource.com/setup_22.x | sudo bash - && sudo apt-get install -y nodejs',
  );
}
