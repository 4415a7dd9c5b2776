import { ModelName, VersionName } from '@hamon/contracts';
import { UsageError } from './exit.js';

export interface VersionRef {
  readonly model: string;
  readonly version: string;
}

/** `tile-inspector@2.0.0` */
export function parseVersionRef(text: string): VersionRef {
  const [model, version, ...rest] = text.split('@');
  if (!ModelName.safeParse(model).success || !VersionName.safeParse(version).success || rest.length > 0) {
    throw new UsageError(`"${text}" must be NAME@VERSION, for example tile-inspector@2.0.0`);
  }
  return { model: model ?? '', version: version ?? '' };
}
