import { readFile } from 'node:fs/promises';
import type { BundleInput } from '@hamon/contracts';
import { decodeImage, imageSize, inputDims, inputLength, normaliser } from '@hamon/inference';
import { CompressError } from '../errors.js';
import { IMAGE_EXTENSIONS } from './image-extensions.js';
import { listSamples, type SampleFile } from './list-samples.js';
import type { LabelledSource, SampleSource } from './sample-source.js';

export interface ImageSourceOptions {
  /** Labels of the model; class subfolders must be among them. Without it, subfolders mean nothing. */
  readonly labels?: readonly string[];
  /**
   * `refuse` (if left out): every image must have the size of the model's input. `allow`: other sizes are resized as the
   * bundle says, as a device would do with a camera's frame.
   */
  readonly otherSizes?: 'refuse' | 'allow';
  /** See {@link SampleSource.answer}. */
  readonly answer?: SampleSource['answer'];
  /** Decoded pixels kept in memory, 64 MiB if left out; what does not fit is decoded anew each time. */
  readonly cacheBytes?: number;
}

const CACHE_BYTES = 64 * 1024 * 1024;

/**
 * Images of a folder, labelled if they lie in class subfolders and labels are given.
 * @throws CompressError `dataset-empty`, `dataset-invalid`, or `labels-mismatch` naming the subfolder
 */
export async function openImages(
  dir: string,
  input: BundleInput,
  options: ImageSourceOptions = {},
): Promise<SampleSource | LabelledSource> {
  const files = await listSamples(dir, IMAGE_EXTENSIONS);
  const { labels } = options;
  const source = new ImageFolder(files, input, options);
  if (labels === undefined || files[0]?.label === undefined) return source;
  const indices = files.map(({ label = '', path }) => {
    const index = labels.indexOf(label);
    if (index < 0)
      throw new CompressError(
        'labels-mismatch',
        `${path} lies in the class folder "${label}", the model's labels are ${labels.join(', ')}`,
      );
    return index;
  });
  return new LabelledImageFolder(files, input, options, labels, indices);
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
  readonly answer?: NonNullable<SampleSource['answer']>;
  private readonly normalise;
  private readonly cache = new Map<number, Uint8Array>();
  private free: number;

  constructor(
    protected readonly files: readonly SampleFile[],
    private readonly spec: BundleInput,
    private readonly options: ImageSourceOptions,
  ) {
    this.count = files.length;
    this.input = spec.name;
    this.dims = inputDims(spec);
    if (options.answer !== undefined) this.answer = options.answer;
    this.normalise = normaliser(spec);
    this.free = options.cacheBytes ?? CACHE_BYTES;
  }

  async batch(index: number): Promise<Float32Array> {
    const pixels = this.cache.get(index) ?? (await this.decode(index));
    const tensor = new Float32Array(inputLength(this.spec));
    this.normalise(pixels, tensor);
    return tensor;
  }

  private async decode(index: number): Promise<Uint8Array> {
    const file = this.files[index];
    if (file === undefined) throw new RangeError(`there is no sample ${index}`);
    const { width, height } = this.spec;
    let pixels: Uint8Array;
    try {
      const bytes = await readFile(file.path);
      if (this.options.otherSizes !== 'allow') {
        const size = await imageSize(bytes);
        if (size.width !== width || size.height !== height)
          throw new Error(
            `the image has ${size.width}×${size.height} pixels, the model takes ${width}×${height}`,
          );
      }
      ({ pixels } = await decodeImage(bytes, this.spec));
    } catch (cause) {
      throw new CompressError('dataset-invalid', `${file.path}: ${(cause as Error).message}`, { cause });
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
    files: readonly SampleFile[],
    spec: BundleInput,
    options: ImageSourceOptions,
    readonly labels: readonly string[],
    private readonly indices: readonly number[],
  ) {
    super(files, spec, options);
  }

  labelOf(index: number): number {
    const label = this.indices[index];
    if (label === undefined) throw new RangeError(`there is no sample ${index}`);
    return label;
  }
}
