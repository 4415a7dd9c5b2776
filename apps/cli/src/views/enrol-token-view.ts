import type { EnrolmentTokenView } from '@hamon/contracts';
import type { Colours } from '../output.js';
import { cell, table } from './table.js';
import { ago, duration, labelText } from './words.js';

export function enrolTokensText(colours: Colours, tokens: readonly EnrolmentTokenView[]): string {
  const rows = tokens.map((token) => [
    token.id,
    stateOf(colours, token),
    String(token.usesLeft),
    cell(token.replaces),
    cell(labelText(token.labels)),
    ago(token.createdAt),
  ]);
  return table(colours, ['TOKEN', 'STATE', 'USES LEFT', 'REPLACES', 'LABELS', 'CREATED'], rows);
}

function stateOf(colours: Colours, { revokedAt, expiresAt, usesLeft }: EnrolmentTokenView): string {
  if (revokedAt !== null) return colours.dim('revoked');
  const left = (Date.parse(expiresAt) - Date.now()) / 1000;
  if (left <= 0) return colours.dim('expired');
  return usesLeft === 0 ? colours.dim('used up') : colours.green(`valid for ${duration(left)}`);
}
