import { DeviceId, isUnencrypted } from '@hamon/contracts';
import { Command, InvalidArgumentError } from 'commander';
import type { BusyServer } from '../adapters/ask-to-enrol.js';
import { enrol } from '../adapters/enrolment.js';
import { refuseUnencrypted } from '../adapters/unencrypted.js';
import { StatePaths } from '../adapters/state-paths.js';

interface Options {
  readonly server: string;
  readonly token: string;
  readonly state: string;
  readonly name?: string;
  readonly renew?: boolean;
  readonly insecure?: boolean;
}

const SAYS = {
  new: 'enrolled',
  renewed: 'enrolled anew; an agent that runs takes it up when it is restarted',
  known: 'is enrolled already; --renew asks the server again',
};

export const enrolCommand = (): Command =>
  new Command('enrol')
    .description('make this device a member of a fleet; repeating it is safe')
    .requiredOption('--server <url>', 'the control plane, for example https://hamon.example:8080', httpUrl)
    .requiredOption('--token <token>', 'an enrolment token of the fleet')
    .requiredOption('--state <folder>', "the device's state folder")
    .option('--name <id>', 'the wanted device id; without it the server makes one', deviceId)
    .option('--renew', 'pin anew what the server answers, under the same key and id, with a fresh token')
    .option('--insecure', 'accept http:// outside of this machine: the key that is pinned may be anybody’s')
    .action(async ({ server, token, state, name, renew = false, insecure = false }: Options) => {
      if (!insecure) refuseUnencrypted([server], 'accept it by --insecure');
      const request = { serverUrl: server, token, renew, waiting, ...(name !== undefined && { name }) };
      const { identity, how } = await enrol(request, new StatePaths(state));
      process.stdout.write(`device ${identity.device} of fleet ${identity.fleet} ${SAYS[how]}\n`);
      if (isUnencrypted(identity.mqttUrl)) {
        process.stderr.write(
          `Warning: ${identity.mqttUrl} is not encrypted; "run" needs --insecure for it.\n`,
        );
      }
    });

/** Tells the person at the terminal why nothing happens. */
function waiting({ why, waitMs, attempts }: BusyServer): void {
  const seconds = Math.ceil(waitMs / 1000);
  process.stderr.write(`the server is busy (${why}); attempt ${attempts + 1} in ${seconds} s\n`);
}

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
