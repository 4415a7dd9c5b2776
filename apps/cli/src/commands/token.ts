import { AccessTokenView } from '@hamon/contracts';
import type { Command } from 'commander';
import type { CommandContext } from '../command-context.js';
import { tokensText } from '../views/token-view.js';
import { addListCommand, whereFields } from './list-command.js';

export function addTokenCommands(token: Command, context: CommandContext): void {
  addListCommand(token, context, {
    description: 'list the tokens that open the API, by name; the tokens themselves are kept nowhere',
    page: (api, asked) => api.page('GET /v1/tokens', AccessTokenView, asked),
    kind: 'tokens',
    noun: ['token', 'tokens'],
    where: { example: 'valid', help: whereFields('id, name, valid (opens the API still)') },
    none: 'No token opens the API.',
    table: tokensText,
  });
}
