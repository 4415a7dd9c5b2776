import { isIPv6 } from 'node:net';

const V4_IN_V6 = /^::ffff:(?=\d+\.)/i;
/** One host can choose from the 64 bits behind it (RFC 4291, 2.5.1). */
const PREFIX_GROUPS = 4;

/** What identifies one host: an IPv4 address, or the first 64 bits of an IPv6 address. */
export function networkOf(address: string): string {
  const plain = address.replace(V4_IN_V6, '');
  if (!isIPv6(plain)) return plain;
  const [head = '', tail] = plain.replace(/%.*$/, '').split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const gap = tail === undefined ? 0 : 8 - before.length - after.length;
  const groups = [...before, ...Array.from({ length: gap }, () => '0'), ...after];
  return `${groups.slice(0, PREFIX_GROUPS).join(':')}::/64`;
}
