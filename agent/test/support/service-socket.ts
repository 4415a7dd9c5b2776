import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** What a skipped test says; undefined where all that it needs is there. */
export const whyNoSystemdNotify = ['/usr/bin/systemd-notify', '/usr/bin/python3'].every(existsSync)
  ? undefined
  : 'there is no /usr/bin/systemd-notify or python3; install Debian’s packages "systemd" and "python3"';

/** As the service manager's: prints each datagram as a line of JSON, and closes what file descriptors come along. */
const LISTENER = `
import array, json, os, socket, sys
own = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
own.bind(sys.argv[1])
print(json.dumps(None), flush=True)
while True:
    data, rights, _, _ = own.recvmsg(8192, 256)
    for _, _, given in rights:
        files = array.array('i')
        files.frombytes(given[:len(given) - len(given) % files.itemsize])
        for file in files:
            os.close(file)
    print(json.dumps(data.decode()), flush=True)
`;

/** The datagram socket that systemd would listen at, for a service that is started by a test. */
export class ServiceSocket {
  /** The state that was told, each message as its assignments. */
  readonly messages: string[][] = [];

  private constructor(
    readonly path: string,
    private readonly child: ChildProcess,
  ) {}

  static async listen(folder: string): Promise<ServiceSocket> {
    const path = join(folder, 'notify.sock');
    const child = spawn('/usr/bin/python3', ['-c', LISTENER, path], { stdio: ['ignore', 'pipe', 'inherit'] });
    const socket = new ServiceSocket(path, child);
    const bound = new Promise<void>((resolve, reject) => {
      let rest = '';
      child.once('exit', () => reject(new Error('the listener ended')));
      child.stdout.on('data', (piece: Buffer) => {
        const lines = (rest + piece.toString('utf8')).split('\n');
        rest = lines.pop() ?? '';
        for (const text of lines.map((line) => JSON.parse(line) as string | null)) {
          if (text === null) resolve();
          // The sender waits for the end of this file descriptor; it says nothing of the service.
          else if (text !== 'BARRIER=1') socket.messages.push(text.split('\n'));
        }
      });
    });
    await bound;
    return socket;
  }

  count = (assignment: string): number => this.messages.filter((told) => told.includes(assignment)).length;

  async close(): Promise<void> {
    if (this.child.exitCode !== null) return;
    const ended = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await ended;
  }
}
