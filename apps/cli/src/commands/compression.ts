import { writeFile } from 'node:fs/promises';
import { CompressionView } from '@hamon/contracts';
import type { Command } from 'commander';
import { CliError } from '../cli-error.js';
import type { CommandContext } from '../command-context.js';
import { watchCompression } from '../follow/watch-compression.js';
import { compressionsText, compressionText } from '../views/compression-view.js';
import { bytes } from '../views/words.js';
import { compressionId } from './arguments.js';

const ID = 'as "hamon compression ls" lists it';

export function addCompressionCommands(compression: Command, context: CommandContext): void {
  addList(compression, context);
  addShow(compression, context);
  addWatch(compression, context);
  addCancel(compression, context);
  addReport(compression, context);
}

function addList(compression: Command, context: CommandContext): void {
  compression
    .command('ls')
    .description('list the compressions, newest first')
    .action(async (_options: unknown, command: Command) => {
      const { api, output } = await context.session(command);
      const items = await api.list('/v1/compressions', CompressionView, {}, 1000);
      output.answer('compressions', { items }, () => compressionsText(output.colours, items));
    });
}

function addShow(compression: Command, context: CommandContext): void {
  compression
    .command('show')
    .description('show a compression: how far it is, and how it ended')
    .argument('<id>', ID, compressionId)
    .action(async (id: string, _options: unknown, command: Command) => {
      const { api, output } = await context.session(command);
      const shown = await api.get(`/v1/compressions/${id}`, CompressionView);
      output.answer('compression', shown, () => compressionText(output.colours, shown));
    });
}

function addWatch(compression: Command, context: CommandContext): void {
  compression
    .command('watch')
    .description('follow a compression to its end; exit code 3 where it ends in failure')
    .argument('<id>', ID, compressionId)
    .action(async (id: string, _options: unknown, command: Command) => {
      context.exitWith(await watchCompression(await context.session(command), id));
    });
}

function addCancel(compression: Command, context: CommandContext): void {
  compression
    .command('cancel')
    .description('end a compression that waits or runs')
    .argument('<id>', ID, compressionId)
    .action(async (id: string, _options: unknown, command: Command) => {
      const { api, output } = await context.session(command);
      const changed = await api.post(`/v1/compressions/${id}/cancel`, {}, CompressionView);
      output.answer('compression', changed, () => compressionText(output.colours, changed));
    });
}

function addReport(compression: Command, context: CommandContext): void {
  compression
    .command('report')
    .description('fetch what a compression made and measured')
    .argument('<id>', ID, compressionId)
    .requiredOption('--out <file>', 'file to write: a page where it ends in .html, else JSON')
    .action(async (id: string, { out }: { out: string }, command: Command) => {
      const { api, output } = await context.session(command);
      const form = /\.html?$/i.test(out) ? 'report.html' : 'report';
      const answer = await api.send({ method: 'GET', path: `/v1/compressions/${id}/${form}` });
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
