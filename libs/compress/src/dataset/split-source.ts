import { seededRandom } from '@hamon/stats';
import { isLabelled, type LabelledSource, type SampleSource } from './sample-source.js';

/** Some samples of a source, in the given order; labelled where the source is. */
export function pickSamples<Source extends SampleSource>(source: Source, indices: readonly number[]): Source {
  const at = (index: number): number => {
    const original = indices[index];
    if (original === undefined) throw new RangeError(`there is no sample ${index}`);
    return original;
  };
  const few: SampleSource = {
    count: indices.length,
    input: source.input,
    dims: source.dims,
    ...(source.yardstick === undefined ? {} : { yardstick: source.yardstick }),
    batch: (index) => source.batch(at(index)),
    ...picked(source, 'groupOf', at),
    ...picked(source, 'frameOf', at),
    ...picked(source, 'truthOf', at),
  };
  if (!isLabelled(source)) return few as Source;
  const labelled: LabelledSource = {
    ...few,
    labels: source.labels,
    labelOf: (index) => source.labelOf(at(index)),
  };
  return labelled as SampleSource as Source;
}

type Further = 'groupOf' | 'frameOf' | 'truthOf';

function picked<Name extends Further>(
  source: SampleSource,
  name: Name,
  at: (index: number) => number,
): Partial<Pick<SampleSource, Name>> {
  const ask = source[name] as ((index: number) => unknown) | undefined;
  if (ask === undefined) return {};
  return { [name]: (index: number) => ask.call(source, at(index)) } as Pick<SampleSource, Name>;
}

/** Up to `count` samples, each class in proportion; the same for the same seed. */
export function drawSamples<Source extends SampleSource>(
  source: Source,
  count: number,
  seed: number,
): Source {
  if (count >= source.count) return source;
  return pickSamples(source, stratifiedOrder(source, seed).slice(0, count));
}

/**
 * Two disjoint parts, each class in proportion: `share` of the samples and the rest, neither empty where there are two
 * samples or more.
 */
export function splitSamples<Source extends SampleSource>(
  source: Source,
  share: number,
  seed: number,
): readonly [Source, Source] {
  const order = stratifiedOrder(source, seed);
  const cut = Math.min(Math.max(1, Math.round(order.length * share)), Math.max(1, order.length - 1));
  return [pickSamples(source, order.slice(0, cut)), pickSamples(source, order.slice(cut))];
}

/** All indices in an order of which every prefix holds the classes about as the whole does. */
function stratifiedOrder(source: SampleSource, seed: number): number[] {
  const random = seededRandom(seed);
  const all = Array.from({ length: source.count }, (_, index) => index);
  const byClass = new Map<number | string, number[]>();
  for (const index of all) {
    const label = isLabelled(source) ? source.labelOf(index) : (source.groupOf?.(index) ?? '');
    const members = byClass.get(label);
    if (members === undefined) byClass.set(label, [index]);
    else members.push(index);
  }
  const placed: { index: number; at: number }[] = [];
  for (const [, members] of [...byClass].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const offset = random.next();
    random.shuffled(members).forEach((index, rank) => {
      placed.push({ index, at: (rank + offset) / members.length });
    });
  }
  return placed.sort((a, b) => a.at - b.at || a.index - b.index).map(({ index }) => index);
}
