import type { SourceConfig, SourceKind, SourceOf } from '@hamon/contracts';
import { openCommandSource } from './command-source.js';
import { DirectorySource } from './directory-source.js';
import { DropFolderSource } from './drop-folder/drop-folder-source.js';
import { openFfmpegSource } from './ffmpeg/ffmpeg-source.js';
import type { FrameSource } from './frame-source.js';
import { HttpSource } from './http-source.js';
import type { SourceParts } from './source-parts.js';

interface SourceRow<K extends SourceKind> {
  /** Streams that name the same one look at the same frames. */
  readonly isShared: boolean;
  open(config: SourceOf<K>, parts: SourceParts): FrameSource;
}

/** Every kind of source that there is. */
const SOURCE_KINDS: { readonly [K in SourceKind]: SourceRow<K> } = {
  directory: {
    isShared: false,
    open: (config, parts) => new DirectorySource({ ...config, ...parts }),
  },
  'drop-folder': {
    isShared: true,
    open: (config, parts) => new DropFolderSource({ ...config, ...parts }),
  },
  ffmpeg: { isShared: true, open: (config, parts) => openFfmpegSource(config, parts) },
  command: { isShared: true, open: openCommandSource },
  http: { isShared: false, open: () => new HttpSource() },
};

export const isShared = ({ kind }: SourceConfig): boolean => rowOf(kind).isShared;

export const openSource = (config: SourceConfig, parts: SourceParts): FrameSource =>
  rowOf(config.kind).open(config as never, parts);

const rowOf = (kind: SourceKind): SourceRow<SourceKind> => SOURCE_KINDS[kind] as SourceRow<SourceKind>;
