import { z } from 'zod';
import { Timestamp } from '../names.js';

/** RFC 9457 problem details; `code` is ours and stable, `errors` names fields and rules. */
export const Problem = z.object({
  // Gateways between here and there answer problems of their own, which have none.
  schema: z.literal('hamon.problem/1').default('hamon.problem/1'),
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  code: z.string(),
  errors: z.array(z.object({ field: z.string(), rule: z.string() })).optional(),
});
export type Problem = z.infer<typeof Problem>;

export const PageQuery = z.object({
  limit: z.coerce.number().int().min(1).max(500).default(100),
  after: z.string().max(500).optional(),
});
export type PageQuery = z.infer<typeof PageQuery>;

/** One page of a list; `next` goes into `after`, null at the end. */
export const pageOf = <T extends z.ZodType>(item: T) =>
  z.object({ items: z.array(item), next: z.string().nullable() });
export interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | null;
}

export const AuditEntryView = z.object({
  id: z.string(),
  at: Timestamp,
  actor: z.string(),
  action: z.string(),
  subject: z.string(),
  detail: z.record(z.string(), z.unknown()),
});
export type AuditEntryView = z.infer<typeof AuditEntryView>;
