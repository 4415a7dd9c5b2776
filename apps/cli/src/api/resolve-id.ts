import type { ApiClient } from '@hamon/api-client';
import { z } from 'zod';
import { CliError } from '../cli-error.js';

const Identified = z.looseObject({ id: z.uuid() });
const MOST_NAMED = 5;

/**
 * The whole id for what a person gave: the id itself, or its beginning, which the server looks up.
 *
 * @throws CliError where several ids begin so, or none does
 */
export async function resolveId(
  api: ApiClient,
  route: 'GET /v1/rollouts' | 'GET /v1/compressions' | 'GET /v1/enrolment-tokens' | 'GET /v1/samples',
  given: string,
  noun: string,
): Promise<string> {
  if (z.uuid().safeParse(given).success) return given;
  const found = await api.list(route, Identified, { query: { id: given }, most: MOST_NAMED + 1 });
  const [only] = found;
  if (only === undefined)
    throw new CliError('unknown-id', `no ${noun} has an id that begins with "${given}"`);
  if (found.length === 1) return only.id;
  const named = found.slice(0, MOST_NAMED).map(({ id }) => id);
  const more = found.length > MOST_NAMED ? ', …' : '';
  throw new CliError(
    'ambiguous-id',
    `"${given}" begins several: ${named.join(', ')}${more}; write more of it`,
  );
}
