import type { ApiClient } from '@hamon/api-client';
import type { Page } from '@hamon/contracts';
import { InvalidArgumentError, type Command } from 'commander';
import type { CommandContext } from '../command-context.js';
import type { ExitCode } from '../exit-code.js';
import type { Colours } from '../output.js';
import type { Session } from '../session.js';
import { listText } from '../views/list-text.js';
import { selector, wholeNumber } from './arguments.js';

/** As many as fit on a screen or two. */
const DEFAULT_LIMIT = 50;

/** What differs between lists; flags, paging and counting are the same for all. */
export interface ListCommand<T> {
  /** `ls` by default. */
  readonly verb?: string;
  readonly description: string;
  /** For a list within something: an argument, which `page` is given. */
  readonly argument?: {
    readonly name: string;
    readonly description: string;
    parse(this: void, text: string): string;
  };
  page(this: void, api: ApiClient, asked: Asked, argument: string): Promise<Page<T>>;
  /** Kind of the JSON document. */
  readonly kind: string;
  /** Singular and plural. */
  readonly noun: readonly [string, string];
  readonly where: { readonly example: string; readonly help: string };
  /** Flags that narrow the list beside `--where`, by the name of their query parameter. */
  readonly narrowedBy?: Readonly<Record<string, { readonly value: string; readonly description: string }>>;
  /** What the command does instead of listing, where its own flags ask for it. */
  readonly instead?: {
    flags(this: void, command: Command): void;
    isAsked(this: void, flags: Readonly<Record<string, unknown>>): boolean;
    run(
      this: void,
      session: Session,
      argument: string,
      flags: Readonly<Record<string, unknown>>,
    ): Promise<ExitCode>;
  };
  /** Shown for an empty list. */
  readonly none: string;
  table(this: void, colours: Colours, items: readonly T[]): string;
  /** Shown after the number of items, such as `2 online`. */
  note?(this: void, items: readonly T[]): string;
}

/** Which page of a list, by the flags of its command. */
export interface Asked {
  readonly query: Readonly<Record<string, string | undefined>>;
  readonly limit: number;
  readonly after: string | undefined;
}

export interface PagingFlags {
  readonly limit: number;
  readonly after?: string;
}

export interface PageFlags extends PagingFlags {
  readonly where?: string;
}

/** Adds a list to a noun: a page at a time, with how many there are in all and where the next page begins. */
export function addListCommand<T>(noun: Command, context: CommandContext, list: ListCommand<T>): void {
  const command = noun.command(list.verb ?? 'ls').description(list.description);
  if (list.argument) {
    const { name, description, parse } = list.argument;
    command.argument(`<${name}>`, description, parse);
  }
  list.instead?.flags(command);
  const narrowedBy = Object.entries(list.narrowedBy ?? {});
  for (const [name, { value, description }] of narrowedBy)
    command.option(`--${name} <${value}>`, description);
  addPageFlags(command, `those that match, for example ${list.where.example}`)
    .addHelpText('after', `\n${list.where.help}`)
    .action(async (...given: unknown[]) => {
      const flags = given.at(-2) as PageFlags & Readonly<Record<string, string>>;
      const session = await context.session(given.at(-1) as Command);
      const { api, output } = session;
      const argument = list.argument ? String(given[0]) : '';
      if (list.instead?.isAsked(flags)) {
        context.exitWith(await list.instead.run(session, argument, flags));
        return;
      }
      const { where, limit, after } = flags;
      const narrowed = Object.fromEntries(narrowedBy.map(([name]) => [name, flags[name]]));
      const asked = { query: { where, ...narrowed }, limit, after };
      const page = await list.page(api, asked, argument);
      const isNarrowed = [where, ...Object.values(narrowed)].some((asked) => asked !== undefined);
      output.answer(list.kind, page, () => listText(output.colours, list, page, { isNarrowed, after }));
    });
}

/** `which` completes "only …". */
export const addPageFlags = (command: Command, which: string): Command =>
  addPagingFlags(command.option('--where <expr>', `only ${which}`, selector));

export const addPagingFlags = (command: Command): Command =>
  command
    .option('--limit <n>', 'at most this many', wholeNumber, DEFAULT_LIMIT)
    .option('--after <cursor>', 'continue after an earlier page: its "next"', cursor);

function cursor(text: string): string {
  if (/^[A-Za-z0-9_-]{1,500}$/.test(text)) return text;
  throw new InvalidArgumentError('It must be the "next" of an earlier page of the same list.');
}

/** Help for lists whose rows have fields only. */
export const whereFields = (fields: string): string =>
  `EXPR asks for ${fields}: key=value, key!=value, key in (a,b), key notin (a,b), key, !key; all conditions must hold.`;
