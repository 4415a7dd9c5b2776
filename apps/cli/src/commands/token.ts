import { AccessTokenView } from '@hamon/contracts';
import type { Command } from 'commander';
import type { CommandContext } from '../command-context.js';
import { tokensText } from '../views/token-view.js';
import { addListCommand, whereFields } from './list-command.js';

export function addTokenCommands(token: Command, context: CommandContext): void {
  addListCommand(token, context, {
    description: 'list the tokens that open the API, by name; the tokens themselves are kept nowhere',
    path: () => '/v1/tokens',
    kind: 'tokens',
    item: AccessTokenView,
    noun: ['token', 'tokens'],
    where: { example: 'valid', help: whereFields('id, name, valid (opens the API still)') },
    none: 'No token opens the API.',
    table: tokensText,
  });
}
