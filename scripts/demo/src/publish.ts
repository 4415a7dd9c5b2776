import { ModelView } from '@hamon/contracts';
import type { Api } from './api.js';
import type { BundleFolder } from './bundle-folder.js';
import type { Timeline } from './timeline.js';

/** Pushes, validates and releases versions of one model: the bad one too, since nothing but live frames can tell. */
export async function publish(
  api: Api,
  timeline: Timeline,
  versions: readonly BundleFolder[],
): Promise<void> {
  const [first] = versions;
  if (!first) return;
  const { model, task } = first.bundle;
  await api.call('POST /v1/models', ModelView, { body: { name: model, task } });
  for (const { bundle, folder } of versions) {
    const { version } = bundle;
    await api.hamon('model', 'push', `${model}@${version}`, '--bundle', folder);
    await api.hamon('model', 'release', `${model}@${version}`);
    timeline.line(`${model}@${version} (${task}) pushed, validated, released`);
  }
}
