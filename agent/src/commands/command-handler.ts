import type { DeviceCommand } from '@hamon/contracts';

/** Does what commands of a kind ask for. */
export interface CommandHandler<C extends DeviceCommand = DeviceCommand> {
  /** Its signature, addressee and expiry hold; whether it is a repetition is for the handler's own record to say. */
  take(command: C): Promise<void>;
  /** It expired before it came: its sender is told why nothing happens. */
  expired(command: C, detail: string): void;
}

/** Who takes which kind. */
export type CommandHandlers = {
  readonly [K in DeviceCommand['kind']]: CommandHandler<Extract<DeviceCommand, { kind: K }>>;
};
