import type { FromStream, Region } from '@hamon/contracts';
import { taskNamed, type Place } from '@hamon/tasks';
import type { AnsweredFrame } from '../answered-frame.js';
import type { Frame, ImageFrame, PixelFrame } from '../frame.js';
import { hashedId } from '../hashed-id.js';
import type { StreamOutlet } from '../outlets/stream-outlet.js';
import type { FrameReader, FrameSource, SourceState } from '../sources/frame-source.js';
import { LiveFrames } from '../sources/live-frames.js';

/** Frames that are cut out of another stream's, where its answers say that something is. */
export class DerivedFrames implements FrameSource {
  private readonly live = new LiveFrames();
  private unlisten: () => void = () => undefined;
  private lastFrameAt: Date | undefined;

  constructor(
    private readonly stream: string,
    private readonly from: FromStream,
    private readonly outlet: Pick<StreamOutlet, 'listen'>,
  ) {}

  start(): void {
    this.unlisten = this.outlet.listen((answered) => {
      const frames = cutOut(answered, this.from, this.stream);
      if (frames.length > 0) this.lastFrameAt = new Date();
      this.live.push(...frames);
    });
  }

  reader(): FrameReader {
    return this.live.reader();
  }

  get state(): SourceState {
    const { live, lastFrameAt } = this;
    return { state: 'running', frames: live.count, restarts: 0, ...(lastFrameAt && { lastFrameAt }) };
  }

  stop(): Promise<void> {
    this.unlisten();
    return Promise.resolve();
  }
}

/** One frame of `stream` for each place that an answer names, as the configuration asks. Pure. */
export function cutOut(
  { frame, record }: AnsweredFrame,
  { label, margin, maxPerFrame }: Omit<FromStream, 'stream'>,
  stream: string,
): Frame[] {
  const { result } = record;
  const idOf = partIds(record.id, stream);
  if (!result || frame.kind === 'tensor') return [];
  return taskNamed(result.task)
    .places(result.output)
    .filter((place) => label === undefined || place.label === label)
    .flatMap((place) => {
      const box = boxAround(place, margin, result.frame);
      return box ? [partFrame(frame, record, place, box, idOf(box))] : [];
    })
    .slice(0, maxPerFrame);
}

/** In whole pixels and within the frame; undefined where nothing of it is. */
function boxAround(
  { box }: Place,
  margin: number,
  frame: { readonly width: number; readonly height: number },
): Region | undefined {
  const [across, down] = [box.width * margin, box.height * margin];
  const left = Math.max(0, Math.floor(box.x - across));
  const top = Math.max(0, Math.floor(box.y - down));
  const width = Math.min(frame.width, Math.ceil(box.x + box.width + across)) - left;
  const height = Math.min(frame.height, Math.ceil(box.y + box.height + down)) - top;
  return width >= 1 && height >= 1 ? { x: left, y: top, width, height } : undefined;
}

/** The same for the same parent however often its answer is made; of several with one box, each has its own. */
function partIds(parent: string, stream: string): (box: Region) => string {
  const counts = new Map<string, number>();
  return ({ x, y, width, height }) => {
    const place = [x, y, width, height].join();
    const before = counts.get(place) ?? 0;
    counts.set(place, before + 1);
    return hashedId(`${parent}\0${stream}\0${place}\0${before}`);
  };
}

function partFrame(
  frame: ImageFrame | PixelFrame,
  { id: parent, trace, stream, takenAt, repeat, trigger }: AnsweredFrame['record'],
  { label }: Place,
  box: Region,
  id: string,
): Frame {
  const { x = 0, y = 0 } = frame.region ?? {};
  return {
    ...frame,
    region: { ...box, x: x + box.x, y: y + box.y },
    origin: {
      ...{ id, trace },
      parent: { id: parent, stream, ...(label !== undefined && { label }), box },
      ...(takenAt !== undefined && { takenAt }),
      ...(repeat && { repeat }),
      ...(trigger && { trigger }),
    },
  };
}
