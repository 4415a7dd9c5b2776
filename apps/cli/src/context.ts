import type { Command } from 'commander';
import { ApiClient } from './api-client.js';
import { createOutput, type Output } from './output.js';
import { resolveConnection } from './settings.js';

export interface GlobalOptions {
  readonly server?: string;
  readonly token?: string;
  readonly json?: boolean;
}

export interface Context {
  readonly api: ApiClient;
  readonly output: Output;
}

/** What every command starts with: a client for the chosen server, and where results go. */
export async function contextOf(command: Command): Promise<Context> {
  const options = command.optsWithGlobals<GlobalOptions>();
  return {
    api: new ApiClient(await resolveConnection(options)),
    output: createOutput(options.json ?? false),
  };
}
