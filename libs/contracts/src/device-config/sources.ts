import { z } from 'zod';
import { FramesPerSecond, Path, Region } from './fields.js';
import { address, SecretName, SecretRef } from './secret-ref.js';

const seconds = z.number().min(0).max(86_400);
const size = z.int().min(16).max(8192);

/** What tells that a camera is there and shows nothing of use; 0 switches each off. */
const watchdogs = {
  /** No frame for so long: the program is started anew. */
  stallSeconds: seconds.default(5),
  /** The very same picture for so long. */
  frozenSeconds: seconds.default(30),
  /** A picture without light for so long. */
  blackSeconds: seconds.default(30),
};

const FfmpegSource = z
  .strictObject({
    kind: z.literal('ffmpeg'),
    /** A network camera. Exactly one of `url`, `device`, `file` and `pattern`. */
    url: address('rtsp', 'rtsps', 'http', 'https').exactOptional(),
    /** Of a network camera; the password is a secret of the device. */
    user: z.string().min(1).max(200).exactOptional(),
    password: SecretRef.exactOptional(),
    /** How RTSP carries its frames. */
    transport: z.enum(['tcp', 'udp']).default('tcp'),
    /** A camera of the machine (V4L2). */
    device: z
      .string()
      .regex(
        /^\/dev\/(video\d{1,3}|v4l\/by-(id|path)\/[A-Za-z0-9._:+-]{1,200})$/,
        'must be /dev/videoN or a path below /dev/v4l',
      )
      .exactOptional(),
    /** Played in a loop. */
    file: Path.exactOptional(),
    /** A test picture that ffmpeg makes. */
    pattern: z.enum(['testsrc', 'testsrc2', 'smptebars', 'black']).exactOptional(),
    /** What ffmpeg cuts out first, in pixels of the camera's picture. */
    crop: Region.exactOptional(),
    /** What ffmpeg scales to; the camera's own size where it is left out. */
    width: size.exactOptional(),
    height: size.exactOptional(),
    ...watchdogs,
  })
  .superRefine((source, context) => {
    const { url, device, file, pattern } = source;
    const origins = [url, device, file, pattern].filter((origin) => origin !== undefined);
    if (origins.length !== 1) {
      const message = `must be the only one of url, device, file and pattern; there are ${origins.length}`;
      context.addIssue({ code: 'custom', path: ['url'], message });
    }
    if ((source.width === undefined) !== (source.height === undefined)) {
      const path = [source.width === undefined ? 'width' : 'height'];
      context.addIssue({ code: 'custom', path, message: 'width and height are given together' });
    }
    if (source.password && source.user === undefined) {
      context.addIssue({ code: 'custom', path: ['user'], message: 'is missing beside the password' });
    }
    if (source.user !== undefined && url === undefined) {
      context.addIssue({ code: 'custom', path: ['user'], message: 'is of a network camera (url)' });
    }
  });

const CommandSource = z
  .strictObject({
    kind: z.literal('command'),
    /** The program and its arguments, without a shell. Only in the device's own file. */
    run: z.array(z.string().min(1).max(4096)).min(1).max(200).exactOptional(),
    /** One of the programs that the device's own file allows (`allow.programs`). */
    program: SecretName.exactOptional(),
    /** Of the raw frames that it writes to its standard output, one after the other. */
    width: size,
    height: size,
    format: z.enum(['rgb24', 'bgr24', 'gray8']).default('rgb24'),
    /** Environment variables whose values are secrets. */
    env: z.record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,63}$/), SecretRef).exactOptional(),
    ...watchdogs,
  })
  .superRefine(({ run, program }, context) => {
    if ((run === undefined) === (program === undefined)) {
      const message = 'must be the only one of run and program';
      context.addIssue({ code: 'custom', path: ['run'], message });
    }
  });

const DropFolderSource = z.strictObject({
  kind: z.literal('drop-folder'),
  /** Each image that appears here is answered once. */
  path: Path,
  /** What becomes of an answered file: into `done/` below the folder, or deleted. */
  after: z.enum(['move', 'delete']).default('move'),
  /** A file is complete when it was renamed into the folder, or has not changed for so long. */
  settleMs: z.int().min(0).max(600_000).default(500),
  /** How often the folder is listed; network drives tell nothing of new files. */
  pollMs: z.int().min(50).max(600_000).default(1000),
  /** Subfolders too. */
  recursive: z.boolean().default(false),
  /** What `done/` and `failed/` keep at most; the oldest go first. */
  keepFiles: z.int().min(0).max(1_000_000).default(10_000),
  keepDays: z.number().min(0).max(3650).default(30),
});

export const SourceConfig = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('directory'),
    path: Path,
    framesPerSecond: FramesPerSecond.default(10),
    shuffleSeed: z.int().min(0).default(1),
  }),
  DropFolderSource,
  FfmpegSource,
  CommandSource,
  /** Nothing but what comes by local HTTP. */
  z.strictObject({ kind: z.literal('http') }),
]);
export type SourceConfig = z.infer<typeof SourceConfig>;
export type SourceKind = SourceConfig['kind'];
/** The configuration of one kind of source. */
export type SourceOf<K extends SourceKind> = Extract<SourceConfig, { kind: K }>;

/** Kinds whose frames come at their own time, and of which the newest is what there is to see. */
export const LIVE_SOURCES: readonly SourceKind[] = ['ffmpeg', 'command'];
