import { join } from 'node:path';
import type { TestControlPlane } from './test-control-plane.js';

/** Where the bytes of an artifact lie on the disk of a control plane. */
export const artifactPath = ({ dataDir }: Pick<TestControlPlane, 'dataDir'>, sha256: string): string =>
  join(dataDir, 'artifacts', sha256.slice(0, 2), sha256);
