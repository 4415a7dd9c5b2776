import { readFile, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/** The account that the server runs as where this process is root: PostgreSQL refuses root. */
export interface ServerAccount {
  readonly uid: number;
  readonly gid: number;
}

/** `postgres` where there is one, else `nobody`, which every system has; nothing is added to the system. */
const CANDIDATES = ['postgres', 'nobody'];

/** Undefined where this process is not root: the server then runs as the same user. */
export async function serverAccount(): Promise<ServerAccount | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const accounts = (await readFile('/etc/passwd', 'utf8')).split('\n').map((line) => line.split(':'));
  for (const candidate of CANDIDATES) {
    const [, , uid, gid] = accounts.find(([name]) => name === candidate) ?? [];
    if (uid !== undefined && gid !== undefined) return { uid: Number(uid), gid: Number(gid) };
  }
  throw new Error(
    `PostgreSQL does not run as root and there is no user ${CANDIDATES.join(' or ')}: ` +
      'start as another user, or give DATABASE_URL',
  );
}

/** Can the account reach this path? Every folder above it must let it pass. */
export async function isReachable(path: string, account: ServerAccount | undefined): Promise<boolean> {
  if (!account) return true;
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    const { mode, uid, gid } = await stat(folder);
    const bit = uid === account.uid ? 0o100 : gid === account.gid ? 0o010 : 0o001;
    if ((mode & bit) === 0) return false;
    if (folder === dirname(folder)) return true;
  }
}
