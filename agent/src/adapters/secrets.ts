import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { secretVariable, type SecretRef } from '@hamon/contracts';
import { AgentError } from '../agent-error.js';

const MAX_SECRET_BYTES = 64 * 1024;

/**
 * The device's secrets, which configurations only name: `camera-1` is the environment variable `HAMON_SECRET_CAMERA_1`, or
 * else the file `secrets/camera-1` in the state folder, or else one of the credentials that the service manager hands over
 * (systemd's `LoadCredential`). Read anew each time: one that was changed holds from the next connection on.
 */
export class Secrets {
  constructor(
    private readonly stateFolder: string,
    private readonly env: Readonly<Record<string, string | undefined>> = process.env,
    /** Told each value that is handed out, so that it can be kept out of what leaves the device. */
    private readonly onResolved: (value: string) => void = () => undefined,
  ) {}

  /** @throws AgentError `secret-missing`, naming where it was looked for */
  async resolve(reference: SecretRef): Promise<string> {
    const value = await this.find(reference);
    this.onResolved(value);
    return value;
  }

  private async find({ secret }: SecretRef): Promise<string> {
    const variable = secretVariable(secret);
    const set = this.env[variable];
    if (set !== undefined && set !== '') return set;
    const file = join(this.stateFolder, 'secrets', secret);
    const credentials = this.env['CREDENTIALS_DIRECTORY'];
    const found = (await fromFile(file)) ?? (credentials && (await fromFile(join(credentials, secret))));
    if (found) return found;
    const where = `the variable ${variable} and the file ${file} give it, and neither is there`;
    throw new AgentError('secret-missing', `the secret "${secret}" is missing: ${where}`);
  }
}

async function fromFile(path: string): Promise<string | undefined> {
  try {
    const { size } = await stat(path);
    if (size > MAX_SECRET_BYTES) {
      throw new AgentError('secret-missing', `${path} has ${size} bytes, which is no secret`);
    }
    const text = await readFile(path, 'utf8');
    return text.replace(/\r?\n$/, '') || undefined;
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    if (cause instanceof AgentError) throw cause;
    throw new AgentError('secret-missing', `${path} cannot be read: ${(cause as Error).message}`, { cause });
  }
}
