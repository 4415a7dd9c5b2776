import { ApiClient } from '@hamon/api-client';
import { isUnencrypted, ModelView, pageOf } from '@hamon/contracts';
import type { Command } from 'commander';
import { usage } from '../cli-error.js';
import { USER_AGENT } from '../cli-version.js';
import type { Io } from '../io.js';
import type { CommandContext } from '../command-context.js';
import { serverUrl, type ServerFlags } from '../settings/find-server.js';
import { settingsPath, writeSettings } from '../settings/settings-file.js';

const MAX_TOKEN_LENGTH = 4000;

export function addLoginCommand(program: Command, context: CommandContext): void {
  program
    .command('login')
    .description('check a server and a token, and store both for later commands')
    .addHelpText(
      'after',
      `
The token is taken from --token, HAMON_TOKEN or, to keep it out of the shell's history, from stdin:
  hamon login --server https://hamon.example < token-file`,
    )
    .action(async (_options: unknown, command: Command) => {
      const { env, signal, stdin } = context.io;
      const flags = command.optsWithGlobals<ServerFlags>();
      const named = flags.server ?? (env['HAMON_SERVER'] || undefined);
      if (named === undefined)
        throw usage('which server?', 'Example: hamon login --server http://localhost:8080 --token TOKEN');
      const server = serverUrl(named);
      const token = flags.token ?? (env['HAMON_TOKEN'] || undefined) ?? (await tokenFrom(stdin));

      // A mistyped token is noticed now, not at the first rollout.
      const api = new ApiClient({ server, token, signal, userAgent: USER_AGENT });
      await api.call('GET /v1/models', pageOf(ModelView), { query: { limit: 1 } });
      const path = settingsPath(env);
      await writeSettings(path, { schema: 'hamon.cli/1', server, token });

      const output = context.output(command);
      if (isUnencrypted(server))
        output.warn(`Warning: the token travels to ${server} unencrypted; use https:// there.`);
      output.answer(
        'login',
        { server, config: path },
        () => `Logged in to ${server}; remembered in ${path}.`,
      );
    });
}

async function tokenFrom(stdin: Io['stdin']): Promise<string> {
  if (stdin.isTTY === true) throw usage('which token?', 'Give --token, HAMON_TOKEN, or the token on stdin.');
  let text = '';
  for await (const piece of stdin) {
    text += String(piece);
    if (text.length > MAX_TOKEN_LENGTH) break;
  }
  const token = text.trim();
  if (/^[\x21-\x7e]+$/.test(token) && token.length <= MAX_TOKEN_LENGTH) return token;
  throw usage('stdin holds no token');
}
