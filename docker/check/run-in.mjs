/** A command in a folder as its root, in a mount namespace of its own: its /proc is gone with it, nothing else is mounted. */
import { spawnSync } from 'node:child_process';

/**
 * `unshare` makes mounts private; the script stops where anything fails, before the command. With `readOnly` the root is
 * mounted onto itself read-only, with a /tmp in memory, as compose.yaml has it.
 */
const SCRIPT = `set -eu
root=$1 readonly=$2 writable=$3 folder=$4 user=$5
shift 5
if [ "$readonly" = yes ]; then
  mount --bind "$root" "$root"
  for path in $writable; do mount --bind "$root$path" "$root$path"; done
  mount -o remount,bind,ro "$root"
  mount -t tmpfs tmpfs "$root/tmp"
fi
mount -t proc proc "$root/proc"
exec chroot --userspec="$user" "$root" /usr/bin/env -i -C "$folder" "$@"
`;

export function runIn(root, { env, folder = '/', user = '0:0', readOnly = false, writable = [] }, command) {
  const assignments = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  const options = [root, readOnly ? 'yes' : 'no', writable.join(' '), folder, user];
  const args = [
    '--mount',
    '--propagation',
    'private',
    'sh',
    '-c',
    SCRIPT,
    'sh',
    ...options,
    ...assignments,
    ...command,
  ];
  const { status, stdout } = spawnSync('unshare', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 2] });
  return { status, stdout };
}
