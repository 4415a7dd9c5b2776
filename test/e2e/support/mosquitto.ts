import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { connect, createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Program } from './program.js';
import { until } from './until.js';

const MOSQUITTO = '/usr/sbin/mosquitto';

/** Undefined where Mosquitto is there, else what a skipped test says. */
export const whyNoMosquitto = existsSync(MOSQUITTO)
  ? undefined
  : `there is no ${MOSQUITTO}; install Debian's package "mosquitto"`;

/** An operator's Mosquitto with the files that the control plane writes; it forgets everything when it stops. */
export class Mosquitto {
  readonly program = new Program('mosquitto', MOSQUITTO);

  private constructor(
    private readonly configuration: string,
    readonly port: number,
  ) {}

  /** @param files - the control plane's folder of generated files */
  static async configured(folder: string, files: string): Promise<Mosquitto> {
    const port = await freePort();
    await mkdir(folder, { recursive: true });
    const configuration = join(folder, 'mosquitto.conf');
    const lines = [
      `listener ${port} 127.0.0.1`,
      'persistence false',
      'allow_anonymous false',
      `password_file ${join(files, 'passwd')}`,
      `acl_file ${join(files, 'acl')}`,
      'max_packet_size 262144',
    ];
    await writeFile(configuration, `${lines.join('\n')}\n`);
    return new Mosquitto(configuration, port);
  }

  async start(): Promise<void> {
    this.program.start(['-c', this.configuration]);
    await until('mosquitto listens', () => isListening(this.port), { context: () => this.program.tail() });
  }

  /** Reads passwords and rules again. */
  reload(): void {
    process.kill(this.program.pid, 'SIGHUP');
  }

  stop = (): Promise<number | null> => this.program.end('SIGTERM');
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true));
    socket.once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}
