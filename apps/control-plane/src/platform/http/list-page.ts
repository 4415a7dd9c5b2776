import type { ListQuery, Page, Selector } from '@hamon/contracts';
import type { DataSource } from 'typeorm';
import { uuidRange } from './id-prefix.js';
import { decodeCursor, encodeCursor, type KeyPart } from './page.js';
import { readSelector, whereSql, type ConditionSql } from './where.js';

/** A list that is paged by its sort key: the cost of a page does not depend on how many went before. */
export interface List {
  /** The columns that are shown of a row. */
  readonly columns: string;
  /**
   * Tables with their aliases. Those that only `columns` read are left-joined by their whole key: PostgreSQL leaves such
   * joins out where the rows are only counted.
   */
  readonly from: string;
  /** Which rows belong to the list; `$1` and so on are `parameters`. */
  readonly scope: string;
  readonly parameters: readonly unknown[];
  /** What `where` may ask of a row; a list without it takes none. */
  readonly condition?: ConditionSql;
  /** What `where` selects from where it does not say. */
  readonly refine?: (selector: Selector) => Selector;
  /** The uuid whose first characters may select a row. */
  readonly id?: string;
  /** The sort key, unique within the scope and indexed. */
  readonly key: readonly { readonly sql: string; readonly kind: KeyPart }[];
  readonly order: 'ASC' | 'DESC';
}

type Asked = Pick<ListQuery, 'limit' | 'after' | 'count'> & {
  readonly where?: string;
  readonly id?: string | undefined;
};

/** One page of a list, and how many rows there are in all. */
export async function queryPage<R, T>(
  database: DataSource,
  list: List,
  query: Asked,
  view: (row: R) => T,
): Promise<Page<T>> {
  const { rows, ...rest } = await queryRows<R>(database, list, query);
  return { items: rows.map(view), ...rest };
}

/** The same as rows, for callers that need more than one row to show an item. */
export async function queryRows<R>(
  database: DataSource,
  list: List,
  query: Asked,
): Promise<{ rows: R[]; next: string | null; total?: number }> {
  const parameters = [...list.parameters];
  const { refine = (selector: Selector) => selector } = list;
  const where = list.condition
    ? whereSql(refine(readSelector(query.where ?? '')), parameters, list.condition)
    : 'true';
  const id = idCondition(list, query, parameters);
  const selected = `FROM ${list.from} WHERE ${list.scope} AND ${where} AND ${id}`;
  const ofCount = [...parameters];
  const behind = behindCursor(list, query, parameters);
  const order = list.key.map(({ sql }) => `${sql} ${list.order}`).join(', ');
  const page = `${selected} AND ${behind} ORDER BY ${order} LIMIT $${parameters.push(query.limit + 1)}`;
  const found = await database.query<(R & { list_key: string[] })[]>(
    `SELECT ${list.columns}, ARRAY[${list.key.map(keyText).join(', ')}] AS list_key ${page}`,
    parameters,
  );
  const rows = found.slice(0, query.limit);
  const last = rows.at(-1);
  const isMore = found.length > query.limit && last !== undefined;
  return {
    rows,
    next: isMore ? encodeCursor(last.list_key) : null,
    ...(query.count ? { total: await count(database, selected, ofCount, query, isMore, rows.length) } : {}),
  };
}

/** A list that ends on its first page has been counted by reading it. */
async function count(
  database: DataSource,
  selected: string,
  parameters: unknown[],
  { after }: Asked,
  isMore: boolean,
  read: number,
): Promise<number> {
  if (after === undefined && !isMore) return read;
  const [row] = await database.query<{ count: number }[]>(
    `SELECT count(*)::int AS count ${selected}`,
    parameters,
  );
  return row?.count ?? 0;
}

function idCondition(list: List, { id }: Asked, parameters: unknown[]): string {
  if (list.id === undefined || id === undefined) return 'true';
  const [from, to] = uuidRange(id).map((uuid) => `$${parameters.push(uuid)}::uuid`);
  return `${list.id} BETWEEN ${from} AND ${to}`;
}

function behindCursor({ key, order }: List, { after }: Asked, parameters: unknown[]): string {
  const kinds = key.map(({ kind }) => kind);
  const values = decodeCursor({ after }, kinds);
  if (values === undefined) return 'true';
  const bound = values.map((value, i) => `$${parameters.push(value)}::${SQL_TYPES[kinds[i] ?? 'text']}`);
  return `(${key.map(({ sql }) => sql).join(', ')}) ${order === 'ASC' ? '>' : '<'} (${bound.join(', ')})`;
}

const SQL_TYPES = {
  text: 'text',
  timestamp: 'timestamptz',
  uuid: 'uuid',
  integer: 'bigint',
} as const satisfies Record<KeyPart, string>;

/** Timestamps with all their digits: a cursor that rounds would skip rows or repeat them. */
const keyText = ({ sql, kind }: List['key'][number]): string =>
  kind === 'timestamp'
    ? `to_char(${sql} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`
    : `(${sql})::text`;
