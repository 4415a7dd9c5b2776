import { writeFile } from 'node:fs/promises';
import type { ApiClient } from '@hamon/api-client';
import { CompressionView } from '@hamon/contracts';
import type { Command } from 'commander';
import { CliError } from '../cli-error.js';
import { resolveId } from '../api/resolve-id.js';
import type { CommandContext } from '../command-context.js';
import { watchCompression } from '../follow/watch-compression.js';
import { compressionsText, compressionText } from '../views/compression-view.js';
import { bytes } from '../views/words.js';
import { idOrPrefix } from './arguments.js';
import { addListCommand, whereFields } from './list-command.js';

const ID = 'as "hamon compression ls" lists it, or its beginning';

const compressionId = (api: ApiClient, given: string): Promise<string> =>
  resolveId(api, 'GET /v1/compressions', given, 'compression');

export function addCompressionCommands(compression: Command, context: CommandContext): void {
  addList(compression, context);
  addShow(compression, context);
  addWatch(compression, context);
  addCancel(compression, context);
  addReport(compression, context);
}

function addList(compression: Command, context: CommandContext): void {
  addListCommand(compression, context, {
    description: 'list the compressions, newest first',
    page: (api, asked) => api.page('GET /v1/compressions', CompressionView, asked),
    kind: 'compressions',
    noun: ['compression', 'compressions'],
    where: { example: 'state=failed', help: whereFields('id, model, version, result, state') },
    none: 'No compressions yet. Start one with: hamon compression start NAME@VERSION --as VERSION --variants LIST',
    table: compressionsText,
  });
}

function addShow(compression: Command, context: CommandContext): void {
  compression
    .command('show')
    .description('show a compression: its progress, and how it ended')
    .argument('<id>', ID, idOrPrefix)
    .action(async (given: string, _options: unknown, command: Command) => {
      const { api, output } = await context.session(command);
      const id = await compressionId(api, given);
      const shown = await api.call('GET /v1/compressions/{id}', CompressionView, { params: { id } });
      output.answer('compression', shown, () => compressionText(output.colours, shown));
    });
}

function addWatch(compression: Command, context: CommandContext): void {
  compression
    .command('watch')
    .description('follow a compression to its end; exit code 3 where it ends in failure')
    .argument('<id>', ID, idOrPrefix)
    .action(async (given: string, _options: unknown, command: Command) => {
      const session = await context.session(command);
      context.exitWith(await watchCompression(session, await compressionId(session.api, given)));
    });
}

function addCancel(compression: Command, context: CommandContext): void {
  compression
    .command('cancel')
    .description('end a compression that waits or runs')
    .argument('<id>', ID, idOrPrefix)
    .action(async (given: string, _options: unknown, command: Command) => {
      const { api, output } = await context.session(command);
      const id = await compressionId(api, given);
      const changed = await api.call('POST /v1/compressions/{id}/cancel', CompressionView, {
        params: { id },
      });
      output.answer('compression', changed, () => compressionText(output.colours, changed));
    });
}

function addReport(compression: Command, context: CommandContext): void {
  compression
    .command('report')
    .description('fetch what a compression made and measured')
    .argument('<id>', ID, idOrPrefix)
    .requiredOption('--out <file>', 'file to write: a page where it ends in .html, else JSON')
    .action(async (given: string, { out }: { out: string }, command: Command) => {
      const { api, output } = await context.session(command);
      const id = await compressionId(api, given);
      const form = /\.html?$/i.test(out) ? 'report.html' : 'report';
      const answer = await api.send(`GET /v1/compressions/{id}/${form}`, { params: { id } });
      const content = Buffer.from(await answer.arrayBuffer());
      await writeFile(out, content).catch((cause: Error) => {
        throw new CliError('local-file', `${out} cannot be written: ${cause.message}`, { cause });
      });
      output.answer(
        'compression-report',
        { id, file: out, bytes: content.length },
        () => `${out}: ${bytes(content.length)}`,
      );
    });
}
