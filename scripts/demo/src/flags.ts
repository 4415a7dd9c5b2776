import { statSync } from 'node:fs';
import { isAbsolute, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { CLASSIFIER, DETECTOR, exampleBundle, exampleImages } from './example.js';

export interface DemoFlags {
  readonly json: boolean;
  readonly keep: boolean;
  readonly devices: number;
  readonly images: string;
  readonly v1: string;
  readonly v2: string;
  /** Without one, the third version is the second with noise on its weights. */
  readonly v3: string | null;
  /** Of the example's other model, which runs beside; null where what is given is not the example. */
  readonly beside: string | null;
  /** Instead of the ripple: one gateway with two cameras on a plant's line. */
  readonly cameras: boolean;
}

/** A wrong flag; shown with the usage, exit code 2. */
export class UsageError extends Error {}

export const DEMO_USAGE = `usage: npm run demo -- [--devices N] [--images DIR] [--v1 DIR] [--v2 DIR] [--v3 DIR] [--json] [--keep]
       npm run demo -- --cameras [--json] [--keep]

Starts the whole platform on this machine and rolls three versions of a model out to a small fleet:
v1 everywhere, a good v2 in stages, a bad v3 that must stop at the first device. The example's second model, a
detector, runs beside it on every device and must not lose a frame; with --images, --v1 or --v2 it is left out.

  --cameras      instead: one gateway reads two cameras by RTSP (served here, needs ffmpeg); one stream is answered
                 as it comes and tells a webhook of defects, the other looks when the plant's broker says so
  --devices N    devices, each a real agent process (default 6, at most 32)
  --images DIR   a folder of PNG or JPEG images, class subfolders allowed (default: the example's)
  --v1 --v2 DIR  bundle folders of two versions of one model, of any task (default: the example's classifier)
  --v3 DIR       bundle folder of the bad version (default: v2 with noise added to its weights)
  --json         the last line of stdout is one JSON object
  --keep         leave everything running until Ctrl-C`;

const MAX_DEVICES = 32;

/** @throws UsageError naming the flag and the rule */
export function parseDemoFlags(args: readonly string[], root: string, cwd: string): DemoFlags | 'help' {
  const { values } = parse(args);
  if (values.help) return 'help';
  const folder = (flag: string, value: string | undefined, fallback: string): string => {
    const path = value === undefined ? fallback : isAbsolute(value) ? value : resolve(cwd, value);
    if (!statSync(path, { throwIfNoEntry: false })?.isDirectory())
      throw new UsageError(`--${flag}: there is no folder ${path}`);
    return path;
  };
  const devices = Number(values.devices);
  if (!Number.isInteger(devices) || devices < 1 || devices > MAX_DEVICES) {
    throw new UsageError(
      `--devices must be a whole number from 1 to ${MAX_DEVICES}, not "${values.devices}"`,
    );
  }
  if ((values.v1 === undefined) !== (values.v2 === undefined)) {
    throw new UsageError('--v1 and --v2 go together: two versions of one model');
  }
  const others = ['images', 'v1', 'v2', 'v3'] as const;
  const clash = values.cameras ? others.find((name) => values[name] !== undefined) : undefined;
  if (clash) throw new UsageError(`--cameras shows the example's images and models: leave out --${clash}`);
  return {
    cameras: values.cameras,
    json: values.json,
    keep: values.keep,
    devices,
    images: folder('images', values.images, exampleImages(root)),
    v1: folder('v1', values.v1, exampleBundle(root, CLASSIFIER, '1.0.0')),
    v2: folder('v2', values.v2, exampleBundle(root, CLASSIFIER, '2.0.0')),
    v3: values.v3 === undefined ? null : folder('v3', values.v3, ''),
    beside:
      values.images === undefined && values.v1 === undefined ? exampleBundle(root, DETECTOR, '2.0.0') : null,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        json: { type: 'boolean', default: false },
        keep: { type: 'boolean', default: false },
        cameras: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
        devices: { type: 'string', default: '6' },
        images: { type: 'string' },
        v1: { type: 'string' },
        v2: { type: 'string' },
        v3: { type: 'string' },
      },
    });
  } catch (cause) {
    throw new UsageError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}
