import type { SourceConfig, SourceKind, SourceOf } from '@hamon/contracts';
import type { Logger } from 'pino';
import type { Secrets } from '../../adapters/secrets.js';
import { AgentError } from '../../agent-error.js';
import type { TellCondition } from '../../conditions.js';
import type { OnDataEvent } from '../data-events.js';
import { openCommandSource } from './command-source.js';
import { DirectorySource } from './directory-source.js';
import { DropFolderSource } from './drop-folder/drop-folder-source.js';
import { openFfmpegSource } from './ffmpeg/ffmpeg-source.js';
import type { FrameSource } from './frame-source.js';
import { HttpSource } from './http-source.js';

/** What a source may need of the agent. */
export interface SourceParts {
  /** The stream that it is opened for; the first one where several share it. */
  readonly stream: string;
  readonly secrets: Secrets;
  /** Of the whole device. */
  readonly stateFolder: string;
  readonly maxPixels: number;
  /** Programs that the device's own file allows, by name. */
  readonly programs: Readonly<Record<string, readonly string[]>>;
  readonly onEvent: OnDataEvent;
  readonly tellCondition: TellCondition;
  readonly now: () => Date;
  readonly log: Logger;
}

interface SourceRow<K extends SourceKind> {
  /** Streams that name the same one look at the same frames. */
  readonly isShared: boolean;
  open(config: SourceOf<K>, parts: SourceParts): FrameSource;
}

/** Every kind of source that there is. */
const SOURCE_KINDS: { readonly [K in SourceKind]?: SourceRow<K> } = {
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

function rowOf(kind: SourceKind): SourceRow<SourceKind> {
  const row = SOURCE_KINDS[kind] as SourceRow<SourceKind> | undefined;
  if (row) return row;
  throw new AgentError('config-invalid', `source.kind: this agent knows no "${kind}"`);
}
