import { join } from 'node:path';
import { isUnencrypted } from '@hamon/contracts';
import { freeBytes } from '../adapters/disk-space.js';
import type { DataPlane } from '../data-plane.js';
import { sampleMetrics } from '../samples/sample-metrics.js';
import { DailyCounts, dayOf } from '../samples/daily-counts.js';
import { SampleClient } from '../samples/sample-client.js';
import { SampleFiles } from '../samples/sample-files.js';
import { SampleStore } from '../samples/sample-store.js';
import { SampleUploader } from '../samples/sample-uploader.js';
import { Samples } from '../samples/samples.js';
import { UploadBudget } from '../samples/upload-budget.js';
import type { Device } from './make-device.js';
import type { StateFolder } from './open-state-folder.js';
import type { Releases } from './releases.js';

/** Pictures that are kept, and their way to the control plane: null where that would be in clear. */
export interface OpenSamples {
  readonly samples: Samples;
  readonly uploader: SampleUploader | null;
}

export interface SamplesParts {
  readonly device: Device;
  readonly folder: StateFolder;
  readonly data: DataPlane;
  readonly onChanged: () => void;
  readonly isAtRest: () => boolean;
}

export async function openSamples(parts: SamplesParts, releases: Releases): Promise<OpenSamples> {
  const { device, folder, data, onChanged, isAtRest } = parts;
  const { identity, config, now, log, tell, samples: board } = device;
  const { paths, disk } = folder;
  const counts = new DailyCounts();
  const files = new SampleFiles(paths.samples, disk);
  const store = await SampleStore.open(
    { files, quota: () => config.samples, freeBytes: () => freeBytes(paths.samples), now },
    ({ meta }) => {
      const at = new Date(meta.at);
      if (dayOf(at) === dayOf(now())) counts.add(meta.stream, meta.reasons, at);
    },
  );
  board.show(store);
  const samples = new Samples({
    ...{ device: identity.device, store, counts, now },
    streamOf: (stream) => data.streamConfig(stream),
    blurOf: (stream) => data.blurOf(stream),
    onEvent: ({ kind, detail }) => tell(kind, { detail }),
    onChanged,
  });
  releases.add(() => samples.close());
  data.listen((answered) => samples.answered(answered));
  data.listenToOpinions((opinion) => samples.secondOpinion(opinion));
  const uploader = await openUploader(device, join(paths.samples, 'upload.json'), store, data, isAtRest);
  if (!uploader) log.warn('kept pictures are not sent: the control plane is reached without TLS');
  sampleMetrics(data.metrics, samples, uploader);
  return { samples, uploader };
}

/** Pictures may show people: they never go over a network in clear, whatever else the configuration accepts. */
async function openUploader(
  { serverUrl, tokens, now, log }: Device,
  path: string,
  store: SampleStore,
  { activity }: DataPlane,
  isAtRest: () => boolean,
): Promise<SampleUploader | null> {
  if (isUnencrypted(serverUrl)) return null;
  const client = new SampleClient({ serverUrl, token: () => tokens.forApi() });
  const budget = await UploadBudget.open(path);
  return new SampleUploader({ store, client, budget, isAtRest, activity, now, log });
}
