import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';

const execute = promisify(execFile);
const [IP, NFT] = ['/usr/sbin/ip', '/usr/sbin/nft'];

/** What a skipped test says; undefined where networks can be made here. */
export const whyNoLossyLink =
  process.getuid?.() === 0 && existsSync(IP) && existsSync(NFT)
    ? undefined
    : 'no network can be made here; run as root and install Debian\'s packages "iproute2 nftables"';

let made = 0;

/** A machine of its own, as far as the network goes, over a cable that can be made bad. */
export class LossyLink {
  private constructor(
    private readonly name: string,
    /** Of the other machine. */
    readonly address: string,
  ) {}

  static async open(): Promise<LossyLink> {
    made += 1;
    const number = (process.pid * 4 + made) % 250;
    const name = `hamon${process.pid}x${made}`;
    const [here, there] = [`10.213.${number}.1`, `10.213.${number}.2`];
    const [ours, theirs] = [`hm${process.pid}a${made}`, `hm${process.pid}b${made}`];
    const link = new LossyLink(name, there);
    await ip('netns', 'add', name);
    await ip('link', 'add', ours, 'type', 'veth', 'peer', 'name', theirs, 'netns', name);
    await ip('addr', 'add', `${here}/24`, 'dev', ours);
    await ip('link', 'set', ours, 'up');
    await ip('-n', name, 'addr', 'add', `${there}/24`, 'dev', theirs);
    await ip('-n', name, 'link', 'set', theirs, 'up');
    await ip('-n', name, 'link', 'set', 'lo', 'up');
    return link;
  }

  /** Put before a program that is to run on the other machine. */
  get prefix(): readonly string[] {
    return [IP, 'netns', 'exec', this.name];
  }

  /** @param percent of the packets, each way, are lost from now on */
  async lose(percent: number): Promise<void> {
    const chains = ['input', 'output'].flatMap((hook) => [
      `add chain inet loss ${hook} { type filter hook ${hook} priority 0 ; }`,
      `add rule inet loss ${hook} ${percent >= 100 ? '' : `numgen random mod 100 < ${percent}`} drop`,
    ]);
    await this.nft(['add table inet loss', ...chains].join('\n'));
  }

  async heal(): Promise<void> {
    await this.nft('delete table inet loss');
  }

  async close(): Promise<void> {
    // Its end of the cable goes with it, and ours with that.
    await ip('netns', 'del', this.name);
  }

  private async nft(text: string): Promise<void> {
    const [program, ...args] = [...this.prefix, NFT, text];
    await execute(program ?? IP, args);
  }
}

async function ip(...args: string[]): Promise<void> {
  await execute(IP, args);
}
