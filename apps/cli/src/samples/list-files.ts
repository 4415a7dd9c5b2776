import type { FrameSize, SampleTruth, TruthOf } from '@hamon/contracts';

/** A picture of a labelled folder and what it shows. */
export interface ToldPicture {
  /** From the folder. */
  readonly path: string;
  readonly size: FrameSize;
  readonly truth: SampleTruth;
}

const ofTask = <T extends SampleTruth['task']>(
  pictures: readonly ToldPicture[],
  task: T,
): (ToldPicture & { readonly truth: TruthOf<T> })[] =>
  pictures.filter(
    (picture): picture is ToldPicture & { readonly truth: TruthOf<T> } => picture.truth.task === task,
  );

/** `annotations.json` in COCO's format. */
export function cocoOf(pictures: readonly ToldPicture[]): string {
  const told = ofTask(pictures, 'detection');
  const names = [...new Set(told.flatMap(({ truth }) => truth.boxes.map(({ label }) => label)))].sort();
  const images = told.map(({ path, size }, at) => ({ id: at + 1, file_name: path, ...size }));
  const annotations = told
    .flatMap(({ truth }, at) => truth.boxes.map((box) => ({ image: at + 1, ...box })))
    .map(({ image, label, box: { x, y, width, height } }, at) => ({
      ...{ id: at + 1, image_id: image, category_id: names.indexOf(label) + 1 },
      ...{ bbox: [x, y, width, height], area: width * height, iscrowd: 0 },
    }));
  const categories = names.map((name, at) => ({ id: at + 1, name }));
  return `${JSON.stringify({ images, annotations, categories })}\n`;
}

/** `values.csv`, by RFC 4180: a picture a line. Each of them has each of the values. */
export function valuesOf(pictures: readonly ToldPicture[], names: readonly string[]): string {
  const lines = ofTask(pictures, 'regression').map(({ path, truth }) =>
    [path, ...names.map((name) => String(truth.values[name]))].map(field).join(','),
  );
  return [['file', ...names].map(field).join(','), ...lines, ''].join('\n');
}

const field = (text: string): string => (/[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
