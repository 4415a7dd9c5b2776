import { ApiError, type ApiClient } from '@hamon/api-client';
import { digestOf } from '@hamon/content';
import { SampleView, StoredSampleView, VersionView, type SampleTruth, type TaskName } from '@hamon/contracts';
import { CliError } from '../cli-error.js';
import { cocoOf, valuesOf, type ToldPicture } from './list-files.js';
import { LIST_OF, placeOf, type Place } from './layout.js';
import { maskPng } from './mask-png.js';
import { PulledFolder } from './pulled-folder.js';

const PAGE = 500;
/** Pictures on their way at once. */
const AT_ONCE = 4;
const PICTURE_TIMEOUT_MS = 300_000;
/** Anything that is not 0 marks a fault; so it can be seen. */
const MARKED = 255;

export interface PullOptions {
  readonly to: string;
  /** Whose labels say what a picture shows; undefined: pictures alone. */
  readonly task: TaskName | undefined;
  readonly model: string | undefined;
  readonly query: Readonly<Record<string, string | undefined>>;
  readonly limit: number;
}

/** A sample that was not taken, and why. */
export interface LeftSample {
  readonly id: string;
  readonly why: string;
}

export interface Pulled {
  readonly to: string;
  readonly task: TaskName | null;
  readonly pulled: number;
  /** Pictures that were there already. */
  readonly present: number;
  /** In the folder now, those of earlier pulls too. */
  readonly inFolder: number;
  readonly left: readonly LeftSample[];
}

/** Brings pictures to this machine, in the form that `hamon compress` and `train` read. */
export async function pullSamples(
  api: ApiClient,
  options: PullOptions,
  onProgress: (done: number) => void = () => undefined,
): Promise<Pulled> {
  const { to, task } = options;
  const labels = task === 'segmentation' ? await labelsOf(api, options.model) : [];
  const pull = new Pull(api, await PulledFolder.open(to, task ?? null), task, labels);
  const waiting = samplesOf(api, options);
  let fault: { readonly cause: unknown } | undefined;
  const workers = Array.from({ length: AT_ONCE }, async () => {
    try {
      for (let next = await waiting.next(); next.done !== true && !fault; next = await waiting.next()) {
        await pull.take(next.value);
        onProgress(pull.done);
      }
    } catch (cause) {
      // The others end after the picture that they are at.
      fault ??= { cause };
    }
  });
  await Promise.all(workers);
  if (fault) throw fault.cause;
  return pull.finish();
}

/** Page after page, newest first; new ones that come meanwhile do not shift it. */
async function* samplesOf(api: ApiClient, { query, limit, task }: PullOptions): AsyncGenerator<SampleView> {
  const narrowed = { ...query, labelledAs: task };
  let after: string | undefined;
  for (let left = limit; left > 0;) {
    const page = await api.page('GET /v1/samples', SampleView, {
      query: narrowed as { labelledAs?: TaskName },
      limit: Math.min(PAGE, left),
      after,
    });
    yield* page.items;
    left -= page.items.length;
    if (page.next === null || page.items.length === 0) return;
    after = page.next;
  }
}

/** A mask's pixels are places among the labels of a model, as its newest version has them. */
async function labelsOf(api: ApiClient, model: string | undefined): Promise<readonly string[]> {
  if (model === undefined) {
    throw new CliError('usage', 'masks are of the labels of a model: say which with --model');
  }
  const versions = await api.list('GET /v1/models/{model}/versions', VersionView, { params: { model } });
  const newest = versions.at(-1);
  if (newest) return newest.labels;
  throw new CliError('usage', `${model} has no version yet that says which labels it has`);
}

class Pull {
  done = 0;
  private pulled = 0;
  private present = 0;
  private readonly left: LeftSample[] = [];

  constructor(
    private readonly api: ApiClient,
    private readonly folder: PulledFolder,
    private readonly task: TaskName | undefined,
    private readonly labels: readonly string[],
  ) {}

  async take(sample: SampleView): Promise<void> {
    const { id } = sample;
    try {
      const why = await this.place(sample);
      if (why !== undefined) this.left.push({ id, why });
      this.done += 1;
    } catch (cause) {
      // Its time was over in between.
      if (!(cause instanceof ApiError && cause.code === 'sample-not-found')) throw cause;
      this.left.push({ id, why: 'it was deleted meanwhile' });
    }
  }

  async finish(): Promise<Pulled> {
    const { folder, task } = this;
    await this.writeList();
    await folder.save();
    const left = [...this.left].sort((a, b) => (a.id < b.id ? -1 : 1));
    const { pulled, present } = this;
    return { to: folder.path, task: task ?? null, pulled, present, inFolder: folder.samples.size, left };
  }

  /** Why it has no place; undefined where it has one. */
  private async place(sample: SampleView): Promise<string | undefined> {
    const { id, device, stream, at, model, version, reasons, sha256, size } = sample;
    const truth = this.task === undefined ? undefined : await this.truthOf(id);
    if (this.task !== undefined && truth === undefined) return 'its label was changed meanwhile';
    const place = placeOf(`${id}.${sample.mediaType === 'image/png' ? 'png' : 'jpg'}`, truth);
    if ('why' in place) return place.why;
    const problem = truth && (await this.writeMask(place, truth));
    if (problem !== undefined) return problem;
    await this.fetch(sample, place.picture);
    const paths = place.mask === undefined ? [place.picture] : [place.picture, place.mask];
    await this.folder.keepOnly(id, paths);
    const told = truth && this.task !== undefined && LIST_OF[this.task] ? { truth } : {};
    this.folder.samples.set(id, {
      ...{ path: place.picture, sha256, size, device, stream, at, model, version, reasons },
      ...told,
    });
    return undefined;
  }

  private async truthOf(id: string): Promise<SampleTruth | undefined> {
    const stored = await this.api.call('GET /v1/samples/{id}', StoredSampleView, { params: { id } });
    return stored.history.find(({ task }) => task === this.task)?.truth;
  }

  private async fetch({ id, sha256, bytes }: SampleView, path: string): Promise<void> {
    const known = this.folder.samples.get(id);
    const isKnown = known?.sha256 === sha256 && known.path === path;
    if (await this.folder.has(path, bytes, isKnown ? undefined : sha256)) {
      this.present += 1;
      return;
    }
    const answer = await this.api.send('GET /v1/samples/{id}/picture', {
      params: { id },
      headers: { accept: 'image/*' },
      timeoutMs: PICTURE_TIMEOUT_MS,
    });
    const picture = new Uint8Array(await answer.arrayBuffer());
    if (digestOf(picture) !== sha256) {
      throw new CliError('local-file', `the picture of sample ${id} came damaged; pull again`);
    }
    await this.folder.write(path, picture);
    this.pulled += 1;
  }

  private async writeMask({ mask: path }: Place, truth: SampleTruth): Promise<string | undefined> {
    if (path === undefined || !('mask' in truth) || truth.mask === undefined) return undefined;
    if (truth.task === 'anomaly') {
      await this.folder.write(
        path,
        maskPng(truth.mask, (place) => (place === 0 ? 0 : MARKED)),
      );
      return undefined;
    }
    const places = truth.labels.map((label) => this.labels.indexOf(label));
    const stranger = truth.labels.find((_, at) => (places[at] ?? -1) < 0);
    if (stranger !== undefined) return `"${stranger}" is no label of the model`;
    await this.folder.write(
      path,
      maskPng(truth.mask, (place) => places[place] ?? 0),
    );
    return undefined;
  }

  /** The list of all that the folder holds, also of earlier pulls. */
  private async writeList(): Promise<void> {
    const list = this.task && LIST_OF[this.task];
    if (list === undefined) return;
    const told = [...this.folder.samples].flatMap(([id, { path, size, truth }]) =>
      truth === undefined ? [] : [{ id, path, size, truth }],
    );
    if (this.task === 'detection') await this.folder.write(list, cocoOf(told));
    else await this.folder.write(list, this.valuesOf(told));
  }

  /** A line has each value; a picture of which some are not known has no line. */
  private valuesOf(told: readonly (ToldPicture & { readonly id: string })[]): string {
    const names = [
      ...new Set(told.flatMap(({ truth }) => (truth.task === 'regression' ? Object.keys(truth.values) : []))),
    ].sort();
    const isWhole = ({ truth }: ToldPicture): boolean =>
      truth.task === 'regression' && names.every((name) => Object.hasOwn(truth.values, name));
    for (const { id } of told.filter((one) => !isWhole(one))) {
      this.left.push({ id, why: `it has not all of the values ${names.join(', ')}` });
    }
    return valuesOf(told.filter(isWhole), names);
  }
}
