import { readFile } from 'node:fs/promises';
import type { BundleInput, FrameSize } from '@hamon/contracts';
import { decodeImage, imageSize, inputDims, inputLength, normaliser } from '@hamon/inference';
import type { FrameTruth } from '@hamon/tasks';
import { CompressError } from '../errors.js';
import type { Yardstick } from '../judge/yardstick.js';
import type { LabelledFolder } from './labelled/labelled-folder.js';
import { openLabelledFolder } from './labelled/open-labelled-folder.js';
import type { LabelledSource, SampleSource } from './sample-source.js';

export interface ImageSourceOptions {
  /** Labels of the model; class subfolders must be among them. Without it, subfolders mean nothing. */
  readonly labels?: readonly string[];
  /** Names of the values that the model gives. */
  readonly values?: readonly string[];
  /**
   * `refuse` (if left out): every image must have the size of the model's input. `allow`: other sizes are resized as the
   * bundle says, as a device would do with a camera's frame.
   */
  readonly otherSizes?: 'refuse' | 'allow';
  /** See {@link SampleSource.yardstick}. What the folder says beyond what it needs is left alone. */
  readonly yardstick?: Yardstick;
  /** Decoded pixels kept in memory, 64 MiB if left out; what does not fit is decoded anew each time. */
  readonly cacheBytes?: number;
}

const CACHE_BYTES = 64 * 1024 * 1024;

/**
 * Images of a folder, with what they show where the folder says it and the yardstick asks for it; see
 * {@link openLabelledFolder}. Class subfolders give labels where the model has any.
 * @throws CompressError `dataset-empty`, `dataset-invalid`, or `labels-mismatch` naming the subfolder
 */
export async function openImages(
  dir: string,
  input: BundleInput,
  options: ImageSourceOptions = {},
): Promise<SampleSource | LabelledSource> {
  return imagesOf(await openLabelledFolder(dir, options), input, options);
}

/** {@link openImages} of a folder that is open already. */
export function imagesOf(
  folder: LabelledFolder,
  input: BundleInput,
  options: ImageSourceOptions = {},
): SampleSource | LabelledSource {
  const { labels, yardstick } = options;
  const needs = yardstick?.quality?.needs ?? 'label';
  if (folder.form !== 'classes' || needs !== 'label' || labels === undefined)
    return new ImageFolder(folder, input, options);
  const indices = folder.groups.map((label, at) => {
    const index = labels.indexOf(label);
    if (index < 0)
      throw new CompressError(
        'labels-mismatch',
        `${folder.files[at]} lies in the class folder "${label}", the model's labels are ${labels.join(', ')}`,
      );
    return index;
  });
  return new LabelledImageFolder(folder, input, options, labels, indices);
}

/**
 * {@link openImages} that insists on labels.
 * @throws CompressError `labels-mismatch` where the images do not lie in class subfolders
 */
export async function openLabelledImages(
  dir: string,
  input: BundleInput,
  options: ImageSourceOptions & { readonly labels: readonly string[] },
): Promise<LabelledSource> {
  const source = await openImages(dir, input, options);
  if (!(source instanceof LabelledImageFolder))
    throw new CompressError(
      'labels-mismatch',
      `${dir} holds no class subfolders; their names must be the model's labels: ${options.labels.join(', ')}`,
    );
  return source;
}

class ImageFolder implements SampleSource {
  readonly count: number;
  readonly input: string;
  readonly dims: readonly number[];
  readonly yardstick?: Yardstick;
  readonly truthOf?: (index: number) => Promise<FrameTruth>;
  private readonly normalise;
  private readonly cache = new Map<number, Uint8Array>();
  private readonly frames = new Map<number, FrameSize>();
  private free: number;

  constructor(
    private readonly folder: LabelledFolder,
    private readonly spec: BundleInput,
    private readonly options: ImageSourceOptions,
  ) {
    this.count = folder.files.length;
    this.input = spec.name;
    this.dims = inputDims(spec);
    const { yardstick } = options;
    if (yardstick !== undefined) this.yardstick = yardstick;
    const { quality } = yardstick ?? {};
    if (quality !== undefined && folder.gives === quality.needs)
      this.truthOf = (index) => folder.truthOf(index);
    this.normalise = normaliser(spec);
    this.free = options.cacheBytes ?? CACHE_BYTES;
  }

  readonly groupOf = (index: number): string => this.folder.groups[index] ?? '';

  readonly frameOf = async (index: number): Promise<FrameSize> => {
    const known = this.frames.get(index);
    if (known !== undefined) return known;
    await this.decode(index);
    return this.frames.get(index) as FrameSize;
  };

  async batch(index: number): Promise<Float32Array> {
    const pixels = this.cache.get(index) ?? (await this.decode(index));
    const tensor = new Float32Array(inputLength(this.spec));
    this.normalise(pixels, tensor);
    return tensor;
  }

  private async decode(index: number): Promise<Uint8Array> {
    const path = this.folder.files[index];
    if (path === undefined) throw new RangeError(`there is no sample ${index}`);
    const { width, height } = this.spec;
    let pixels: Uint8Array;
    try {
      const bytes = await readFile(path);
      if (this.options.otherSizes !== 'allow') {
        const size = await imageSize(bytes);
        if (size.width !== width || size.height !== height)
          throw new Error(
            `the image has ${size.width}×${size.height} pixels, the model takes ${width}×${height}`,
          );
      }
      const decoded = await decodeImage(bytes, this.spec);
      ({ pixels } = decoded);
      this.frames.set(index, decoded.frame);
    } catch (cause) {
      throw new CompressError('dataset-invalid', `${path}: ${(cause as Error).message}`, { cause });
    }
    if (pixels.byteLength <= this.free) {
      this.free -= pixels.byteLength;
      // A copy: a decoder may hand out a view into a larger buffer, which the cache would keep alive.
      this.cache.set(index, pixels.slice());
    }
    return pixels;
  }
}

class LabelledImageFolder extends ImageFolder implements LabelledSource {
  constructor(
    folder: LabelledFolder,
    spec: BundleInput,
    options: ImageSourceOptions,
    readonly labels: readonly string[],
    private readonly indices: readonly number[],
  ) {
    super(folder, spec, options);
  }

  labelOf(index: number): number {
    const label = this.indices[index];
    if (label === undefined) throw new RangeError(`there is no sample ${index}`);
    return label;
  }
}
