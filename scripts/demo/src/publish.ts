import { ModelView } from '@hamon/contracts';
import type { Api } from './api.js';
import type { BundleFolder } from './bundle-folder.js';
import type { Timeline } from './timeline.js';

/** Pushes, validates and releases: the bad one too, since nothing but live frames can tell. */
export async function publish(
  api: Api,
  timeline: Timeline,
  versions: readonly BundleFolder[],
): Promise<void> {
  const created = new Set<string>();
  for (const { bundle, folder } of versions) {
    const { model, version, task } = bundle;
    if (!created.has(model)) await api.call('POST /v1/models', ModelView, { body: { name: model, task } });
    created.add(model);
    await api.hamon('model', 'push', `${model}@${version}`, '--bundle', folder);
    await api.hamon('model', 'release', `${model}@${version}`);
    timeline.line(`${model}@${version} (${task}) pushed, validated, released`);
  }
}
