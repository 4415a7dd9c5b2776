import { BlockList, isIP } from 'node:net';

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');
loopback.addSubnet('::ffff:127.0.0.0', 104, 'ipv6');

/** Does this address (or `localhost`) lead to this machine and no other? */
export function isLoopback(address: string): boolean {
  const kind = isIP(address);
  if (kind === 0) return address.toLowerCase() === 'localhost';
  return loopback.check(address, kind === 4 ? 'ipv4' : 'ipv6');
}
