import { pbkdf2Sync, randomBytes } from 'node:crypto';
import { accessRules } from '@hamon/contracts';

/**
 * Mosquitto's own default. Low, because it runs on the broker's only thread for each connect; enough, because the
 * passwords are 256 random bits that nobody can guess.
 */
const ITERATIONS = 101;

/** A password as Mosquitto ≥ 2.0 stores it: PBKDF2 with HMAC-SHA-512 (RFC 8018), salt and hash in base64. */
export function mosquittoHash(password: string, salt: Buffer = randomBytes(12)): string {
  const hash = pbkdf2Sync(password, salt, ITERATIONS, 64, 'sha512');
  return `$7$${ITERATIONS}$${salt.toString('base64')}$${hash.toString('base64')}`;
}

export interface MosquittoUser {
  readonly name: string;
  readonly hash: string;
}

/** The file for `password_file`. */
export const passwordFile = (users: readonly MosquittoUser[]): string =>
  users.map(({ name, hash }) => `${name}:${hash}\n`).join('');

/** A device's account: it reads and writes in its own fleet only. */
export interface MosquittoDevice extends MosquittoUser {
  readonly fleet: string;
}

/**
 * The file for `acl_file`: the control plane may do everything below `hamon/`, devices what the contracts say. Topics
 * that name the device are patterns for all. What a fleet shares is granted device by device, as a pattern cannot tell
 * which fleet a user belongs to.
 */
export function aclFile(devices: readonly MosquittoDevice[], controlPlane: string | undefined): string {
  const own = controlPlane === undefined ? [] : [`user ${controlPlane}`, 'topic readwrite hamon/#', ''];
  const patterns = [...new Set(devices.map(({ fleet }) => fleet))].flatMap((fleet) =>
    accessRules(fleet, '%u')
      .filter(({ topic }) => topic.includes('%u'))
      .map(({ access, topic }) => `pattern ${access} ${topic}`),
  );
  const shared = devices.flatMap(({ name, fleet }) => [
    `user ${name}`,
    ...accessRules(fleet, '%u')
      .filter(({ topic }) => !topic.includes('%u'))
      .map(({ access, topic }) => `topic ${access} ${topic}`),
  ]);
  return [...own, ...patterns, '', ...shared, ''].join('\n');
}
