import { mkdir, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { digestOf, writeFileAtomically } from '@hamon/content';
import { SampleTruth, TaskName } from '@hamon/contracts';
import { z } from 'zod';
import { CliError } from '../cli-error.js';

/** What was pulled into a folder, so that a later pull goes on and does not mix two kinds. */
const RECORD = 'hamon-samples.json';
const MAX_DEPTH = 3;

/** One picture of the folder. */
const PulledSample = z.object({
  path: z.string(),
  sha256: z.string(),
  size: z.object({ width: z.int(), height: z.int() }),
  device: z.string(),
  stream: z.string(),
  at: z.string(),
  model: z.string().nullable(),
  version: z.string().nullable(),
  reasons: z.array(z.string()),
  /** Of the task that the folder is labelled for; masks lie in their files. */
  truth: SampleTruth.optional(),
});
export type PulledSample = z.infer<typeof PulledSample>;

const FolderRecord = z.object({
  schema: z.literal('hamon.sample-folder/1'),
  /** Null: pictures alone. */
  task: TaskName.nullable(),
  samples: z.record(z.uuid(), PulledSample),
});

const NAMED_BY_ID = /^([0-9a-f-]{36})(_mask)?\.(png|jpg)$/;

/** A folder of pulled samples on this machine. */
export class PulledFolder {
  private constructor(
    readonly path: string,
    /** What was said of its pictures before. */
    readonly samples: Map<string, PulledSample>,
    private readonly task: TaskName | null,
    /** Files by the sample's id, whatever an interrupted pull recorded. */
    private readonly files: Map<string, string[]>,
  ) {}

  /**
   * @throws CliError where the folder holds something else, or samples of another kind
   */
  static async open(path: string, task: TaskName | null): Promise<PulledFolder> {
    await explaining(path, () => mkdir(path, { recursive: true }));
    const record = await readRecord(path);
    if (record === undefined) {
      if ((await readdir(path)).length > 0) {
        throw new CliError('local-file', `${path} is not empty, and no samples were pulled into it before`);
      }
    } else if (record.task !== task) {
      const held = record.task === null ? 'pictures without labels' : `samples labelled for ${record.task}`;
      throw new CliError('local-file', `${path} holds ${held}; pull these into another folder`);
    }
    const samples = new Map(Object.entries(record?.samples ?? {}));
    const folder = new PulledFolder(path, samples, task, await filesIn(path));
    // Before the first picture: an interrupted pull can be repeated.
    await folder.save();
    return folder;
  }

  /** Takes away files of a sample that lie elsewhere than they should by now: its label has changed. */
  async keepOnly(id: string, paths: readonly string[]): Promise<void> {
    const found = this.files.get(id) ?? [];
    for (const path of found.filter((path) => !paths.includes(path))) await rm(join(this.path, path));
    this.files.set(id, [...paths]);
  }

  /**
   * Is a picture there?
   *
   * @param sha256 where nothing was recorded of it: an interrupted pull may have left another one under its name
   */
  async has(path: string, lengthBytes: number, sha256: string | undefined): Promise<boolean> {
    const file = join(this.path, path);
    const length = await stat(file).then(
      (facts) => facts.size,
      () => undefined,
    );
    if (length !== lengthBytes) return false;
    return sha256 === undefined || digestOf(await readFile(file)) === sha256;
  }

  async write(path: string, bytes: Uint8Array | string): Promise<void> {
    await explaining(this.path, async () => {
      await mkdir(join(this.path, posix.dirname(path)), { recursive: true });
      await writeFileAtomically(join(this.path, path), bytes);
    });
  }

  async save(): Promise<void> {
    const record = {
      schema: 'hamon.sample-folder/1',
      task: this.task,
      samples: Object.fromEntries(this.samples),
    };
    await this.write(RECORD, `${JSON.stringify(record)}\n`);
  }
}

/** What a disk or its rights stand in the way of is no bug. */
async function explaining<T>(path: string, work: () => Promise<T>): Promise<T> {
  return work().catch((cause: unknown) => {
    throw new CliError('local-file', `${path}: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    });
  });
}

async function readRecord(path: string): Promise<z.infer<typeof FolderRecord> | undefined> {
  const text = await readFile(join(path, RECORD), 'utf8').catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return undefined;
    throw new CliError('local-file', `${join(path, RECORD)}: ${cause.message}`, { cause });
  });
  if (text === undefined) return undefined;
  try {
    return FolderRecord.parse(JSON.parse(text));
  } catch (cause) {
    throw new CliError('local-file', `${join(path, RECORD)} is damaged; pull into another folder`, { cause });
  }
}

/** What lies in it of each sample, by names that pulls make. */
async function filesIn(path: string): Promise<Map<string, string[]>> {
  const found = new Map<string, string[]>();
  const walk = async (within: string, depth: number): Promise<void> => {
    for (const entry of await readdir(join(path, within), { withFileTypes: true })) {
      const name = posix.join(within, entry.name);
      if (entry.isDirectory() && depth < MAX_DEPTH) await walk(name, depth + 1);
      const id = entry.isFile() ? NAMED_BY_ID.exec(entry.name)?.[1] : undefined;
      if (id !== undefined) found.set(id, [...(found.get(id) ?? []), name]);
    }
  };
  await walk('', 0);
  return found;
}
