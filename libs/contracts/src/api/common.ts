import { z } from 'zod';
import { Timestamp } from '../names.js';

/** RFC 9457 problem details; `code` is ours and stable, `errors` names fields and rules. */
export const Problem = z.object({
  // Gateways on the way answer problems of their own, which have none.
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
  /** Whether the answer says how many there are in all; once is enough for a walk through all pages. */
  count: z
    .enum(['true', 'false'])
    .default('true')
    .transform((text) => text === 'true'),
});
export type PageQuery = z.infer<typeof PageQuery>;

/** `where` is a selector expression; empty selects all. */
export const ListQuery = PageQuery.extend({ where: z.string().max(1000).default('') });
export type ListQuery = z.infer<typeof ListQuery>;

/**
 * One page of a list; `next` goes into `after`, null at the end. `total` is how many `where` selects on all pages
 * together; absent where it was not asked for, and in endless lists such as telemetry.
 */
export const pageOf = <T extends z.ZodType>(item: T) =>
  z.object({ items: z.array(item), next: z.string().nullable(), total: z.int().min(0).exactOptional() });
export interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | null;
  readonly total?: number;
}

/** Why somebody ends something: one line, kept in the audit ledger. */
export const Why = z
  .string()
  .trim()
  .min(1, 'say why')
  .max(500)
  // eslint-disable-next-line no-control-regex -- they are what is refused
  .regex(/^[^\u0000-\u001f\u007f]*$/, 'must be one line, without control characters');

/** The end of something, and the reason that was given. */
export const RetiredView = z.object({ at: Timestamp, why: z.string() });
export type RetiredView = z.infer<typeof RetiredView>;

export const Retire = z.strictObject({ why: Why });
export type Retire = z.infer<typeof Retire>;

/** Filters of the audit ledger: whole words, of what was done to what by whom. */
export const AuditQuery = ListQuery.extend({
  subject: z.string().min(1).max(200).optional(),
  action: z.string().min(1).max(100).optional(),
  actor: z.string().min(1).max(200).optional(),
});
export type AuditQuery = z.infer<typeof AuditQuery>;

export const AuditEntryView = z.object({
  id: z.string(),
  at: Timestamp,
  actor: z.string(),
  action: z.string(),
  subject: z.string(),
  detail: z.record(z.string(), z.unknown()),
});
export type AuditEntryView = z.infer<typeof AuditEntryView>;
