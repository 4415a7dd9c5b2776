import type { AccessTokenView } from '@hamon/contracts';
import type { Colours } from '../output.js';
import { cell, table } from './table.js';
import { ago } from './words.js';

export const tokensText = (colours: Colours, tokens: readonly AccessTokenView[]): string =>
  table(
    colours,
    ['TOKEN', 'NAME', 'STATE', 'CREATED'],
    tokens.map(({ id, name, createdAt, revokedAt }) => [
      id,
      cell(name),
      revokedAt === null ? colours.green('valid') : colours.dim(`revoked ${ago(revokedAt)}`),
      ago(createdAt),
    ]),
  );
