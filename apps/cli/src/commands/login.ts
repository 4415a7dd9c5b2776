import { DeviceView } from '@hamon/contracts';
import type { Command } from 'commander';
import { z } from 'zod';
import { ApiClient } from '../api-client.js';
import type { GlobalOptions } from '../context.js';
import { createOutput } from '../output.js';
import { resolveConnection, saveConnection } from '../settings.js';

export function addLoginCommand(program: Command): void {
  program
    .command('login')
    .description('remember --server and --token for later commands, after trying them')
    .action(async (_options: unknown, command: Command) => {
      const options = command.optsWithGlobals<GlobalOptions>();
      const connection = await resolveConnection(options);
      const page = z.object({ items: z.array(DeviceView), next: z.string().nullable() });
      await new ApiClient(connection).get('/v1/devices', page, { query: { limit: '1' } });
      const path = await saveConnection(connection);
      createOutput(options.json ?? false).result(
        { schema: 'hamon.login/1', server: connection.server, savedTo: path },
        () => `logged in to ${connection.server}; saved in ${path}`,
      );
    });
}
