import {
  describeProblems,
  DeviceConfig,
  fieldProblems,
  ok,
  err,
  PushedConfig,
  type ConfigReason,
  type Result,
} from '@hamon/contracts';
import type { SentConfig } from '../core/configuration/config-record.js';
import { mergeConfig, type Merged } from '../core/configuration/merge-config.js';
import { placePushed, whatIsForbidden } from './allowed.js';

/**
 * What a device uses with this configuration from the centre beside its own file, or why it cannot: a setting that this
 * agent does not know, a rule that both break together, or something that the file does not allow.
 *
 * @param own with its paths resolved
 * @param shared what relative paths of the centre are relative to
 */
export async function effectiveConfig(
  own: DeviceConfig,
  sent: Pick<SentConfig, 'config'> | null,
  shared: string,
): Promise<Result<Merged, ConfigReason>> {
  if (sent === null) return ok({ config: own, ignored: [] });
  const parsed = PushedConfig.safeParse(sent.config);
  if (!parsed.success) return invalid(describeProblems(fieldProblems(parsed.error)));
  const config = placePushed(parsed.data, { shared });
  const { allow } = own;
  const forbidden = await whatIsForbidden(config, { allow, shared });
  if (forbidden) return err(forbidden);
  const merged = mergeConfig(own, { document: sent.config, config });
  const checked = DeviceConfig.safeParse(merged.config);
  if (!checked.success) return invalid(describeProblems(fieldProblems(checked.error)));
  return ok({ ...merged, config: checked.data });
}

const invalid = (detail: string) => err({ code: 'config-invalid' as const, detail: detail.slice(0, 500) });
