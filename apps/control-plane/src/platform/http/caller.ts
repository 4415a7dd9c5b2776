/** Who sent a request. Everything it can see and change lies in its fleet. */
export type Caller = AdminCaller | DeviceCaller;

export interface AdminCaller {
  readonly kind: 'admin';
  readonly fleet: string;
  /** The token's name. */
  readonly name: string;
}

export interface DeviceCaller {
  readonly kind: 'device';
  readonly fleet: string;
  readonly device: string;
}

/** How the audit ledger names a caller. */
export const actorOf = (caller: Caller): string =>
  caller.kind === 'admin' ? `admin:${caller.name}` : `device:${caller.device}`;
