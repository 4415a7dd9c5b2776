import type { EnrolmentTokenView } from '@hamon/contracts';
import type { EnrolmentToken } from './enrolment-token.entity.js';

/** Without the token itself, which is not kept. */
export const viewOfEnrolmentToken = (token: EnrolmentToken): EnrolmentTokenView => ({
  id: token.id,
  usesLeft: token.usesLeft,
  expiresAt: token.expiresAt.toISOString(),
  labels: token.labels,
  replaces: token.replaces,
  createdAt: token.createdAt.toISOString(),
  revokedAt: token.revokedAt?.toISOString() ?? null,
});
