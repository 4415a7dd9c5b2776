import { DeviceId } from '@hamon/contracts';
import { Command, InvalidArgumentError } from 'commander';
import { enrol } from '../adapters/enrolment.js';
import { isUnencrypted } from '../adapters/unencrypted.js';
import { StatePaths } from '../adapters/state-paths.js';

interface Options {
  readonly server: string;
  readonly token: string;
  readonly state: string;
  readonly name?: string;
}

export const enrolCommand = (): Command =>
  new Command('enrol')
    .description('make this device a member of a fleet; repeating it is safe')
    .requiredOption('--server <url>', 'the control plane, for example https://hamon.example:8080', httpUrl)
    .requiredOption('--token <token>', 'an enrolment token of the fleet')
    .requiredOption('--state <folder>', "the device's state folder")
    .option('--name <id>', 'the wanted device id; without it the server makes one', deviceId)
    .action(async ({ server, token, state, name }: Options) => {
      if (isUnencrypted(server)) {
        process.stderr.write(`Warning: the token travels to ${server} unencrypted; use https:// there.\n`);
      }
      const request = { serverUrl: server, token, ...(name !== undefined && { name }) };
      const { identity, isNew } = await enrol(request, new StatePaths(state));
      const how = isNew ? 'enrolled' : 'is enrolled already';
      process.stdout.write(`device ${identity.device} of fleet ${identity.fleet} ${how}\n`);
    });

function httpUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') {
    throw new InvalidArgumentError('must be a URL that begins with http:// or https://');
  }
  return text;
}

function deviceId(text: string): string {
  const parsed = DeviceId.safeParse(text);
  if (!parsed.success) throw new InvalidArgumentError(parsed.error.issues[0]?.message ?? 'is no device id');
  return text;
}
