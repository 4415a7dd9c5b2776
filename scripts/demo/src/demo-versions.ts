import { join } from 'node:path';
import { type BundleFolder, bundleFolder } from './bundle-folder.js';
import type { DemoFlags } from './flags.js';
import { makeNoisyVersion } from './noisy-version.js';
import type { Timeline } from './timeline.js';

/** What the demo rolls out. */
export interface DemoVersions {
  readonly v1: BundleFolder;
  readonly v2: BundleFolder;
  readonly v3: BundleFolder;
  /** Of another model, which runs beside these on every device all the time. */
  readonly beside: BundleFolder | null;
}

/** The two that are given, a bad one that is made of the second unless it is given too, and the other model's. */
export async function demoVersions(
  flags: DemoFlags,
  dataDir: string,
  images: readonly string[],
  timeline: Timeline,
): Promise<DemoVersions> {
  const [v1, v2] = [await bundleFolder(flags.v1), await bundleFolder(flags.v2)];
  requireModel('v2', v2, v1);
  const beside = flags.beside === null ? null : await bundleFolder(flags.beside);
  if (flags.v3 !== null) {
    const v3 = await bundleFolder(flags.v3);
    requireModel('v3', v3, v1);
    return { v1, v2, v3, beside };
  }
  timeline.heading('A bad version is made');
  const to = join(dataDir, 'bad-version');
  const { version, seed, agreement, measure } = await makeNoisyVersion(v2, to, images);
  const former = v2.bundle.version;
  timeline.line(
    `${version} is ${former} with noise on its weights (seed ${seed}, ${measure} to ${former} ${agreement.toFixed(2)})`,
  );
  return { v1, v2, v3: await bundleFolder(to), beside };
}

function requireModel(flag: string, { bundle, folder }: BundleFolder, first: BundleFolder): void {
  if (bundle.model === first.bundle.model) return;
  throw new Error(
    `--${flag}: ${folder} is of model ${bundle.model}, --v1 of ${first.bundle.model}; all must be versions of one model`,
  );
}
