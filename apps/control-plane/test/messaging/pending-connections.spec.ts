import { describe, expect, it, test } from 'vitest';
import { PendingConnections } from '../../src/messaging/embedded/pending-connections.js';
import { networkOf } from '../../src/messaging/embedded/network-of.js';

interface Guest {
  readonly name: string;
}

describe('PendingConnections', () => {
  const full = (...addresses: string[]): { room: PendingConnections<Guest>; guests: Guest[] } => {
    const room = new PendingConnections<Guest>(addresses.length);
    const guests = addresses.map((address, i) => ({ name: `${address} ${i}` }));
    guests.forEach((guest, i) => expect(room.enter(guest, addresses[i] ?? '')).toBeUndefined());
    return { room, guests };
  };
  const newcomer: Guest = { name: 'new' };

  it('closes the longest silent connection of the network with the most silent ones', () => {
    const { room, guests } = full('10.0.0.1', '10.0.0.2', '10.0.0.2', '10.0.0.3');
    expect(room.enter(newcomer, '10.0.0.1')).toBe(guests[1]);
    expect(room.size).toBe(4);
  });

  it('counts only silent connections, and leaves those that have sent something', () => {
    const { room, guests } = full('10.0.0.2', '10.0.0.2', '10.0.0.2', '10.0.0.1', '10.0.0.1');
    guests.slice(0, 2).forEach((guest) => room.heard(guest));
    expect(room.enter(newcomer, '10.0.0.3')).toBe(guests[3]);
  });

  it('refuses the newcomer where all others have sent something', () => {
    const { room, guests } = full('10.0.0.1', '10.0.0.2');
    guests.forEach((guest) => room.heard(guest));
    expect(room.enter(newcomer, '10.0.0.3')).toBe(newcomer);
    expect(room.size).toBe(2);
  });

  it('has room again when a connection leaves, however often that is reported', () => {
    const { room, guests } = full('10.0.0.1', '10.0.0.2');
    for (let i = 0; i < 2; i++) room.leave(guests[0] ?? newcomer);
    expect(room.enter(newcomer, '10.0.0.3')).toBeUndefined();
    expect(room.size).toBe(2);
  });
});

test.each([
  ['192.0.2.7', '192.0.2.7'],
  ['::ffff:192.0.2.7', '192.0.2.7'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:db8:1:2::6', '2001:db8:1:2::/64'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['unknown', 'unknown'],
])('%s is of %s', (address, network) => {
  expect(networkOf(address)).toBe(network);
});
