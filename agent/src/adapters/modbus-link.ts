import { once } from 'node:events';
import { Socket } from 'node:net';
import type modbus from 'modbus-serial';
import { AgentError } from '../agent-error.js';
import { loadOptional } from './optional-package.js';

export interface ModbusPlace {
  readonly host: string;
  readonly port: number;
}

export interface ModbusUnit {
  readonly unit: number;
  /** Of a connection and of each answer. */
  readonly timeoutMs: number;
}

export interface ModbusRequests {
  readBit(input: 'coil' | 'discrete', address: number): Promise<boolean>;
  writeCoils(address: number, values: readonly boolean[]): Promise<void>;
  writeRegisters(address: number, values: readonly number[]): Promise<void>;
}

/** Work that waits for what came before it. */
const MOST_WAITING = 64;

type Client = Pick<
  modbus.default,
  | 'linkTCP'
  | 'setID'
  | 'readCoils'
  | 'readDiscreteInputs'
  | 'writeCoil'
  | 'writeCoils'
  | 'writeRegister'
  | 'writeRegisters'
>;

interface Connection {
  readonly client: Client;
  readonly socket: Socket;
}

/**
 * One connection to a Modbus TCP server, made when something is asked and again after it broke. Work goes in the order in
 * which it came: a coil that says "the numbers are there" comes after the numbers, whichever part of the agent wrote either.
 */
export class ModbusLink {
  private connection: Connection | undefined;
  private last: Promise<unknown> = Promise.resolve();
  private waiting = 0;
  private isClosed = false;

  constructor(private readonly place: ModbusPlace) {}

  /**
   * All requests of `work` one after the other, with none of others between.
   *
   * @throws AgentError `offline`; `device-refused` where the server answers with an exception
   */
  async run<T>(unit: ModbusUnit, work: (requests: ModbusRequests) => Promise<T>): Promise<T> {
    if (this.isClosed) throw new AgentError('offline', `the connection to ${this.name} is closed`);
    if (this.waiting >= MOST_WAITING) {
      throw new AgentError('offline', `${this.name} is too slow: ${this.waiting} requests wait for it`);
    }
    this.waiting += 1;
    const outcome = this.last.then(() => {
      this.waiting -= 1;
      return work(this.requests(unit));
    });
    this.last = outcome.catch(() => undefined);
    return outcome;
  }

  /** What was asked before has its answer, or its time is over. */
  async close(): Promise<void> {
    this.isClosed = true;
    await this.last;
    this.drop();
  }

  private requests(unit: ModbusUnit): ModbusRequests {
    const ask = <T>(request: (client: Client) => Promise<T>): Promise<T> => this.ask(unit, request);
    return {
      readBit: async (input, address) => {
        const { data } = await ask((client) =>
          input === 'coil' ? client.readCoils(address, 1) : client.readDiscreteInputs(address, 1),
        );
        return data[0] === true;
      },
      // Many servers know the single forms alone, or the multiple ones for several.
      writeCoils: async (address, [first = false, ...others]) => {
        await ask<unknown>((client) =>
          others.length === 0
            ? client.writeCoil(address, first)
            : client.writeCoils(address, [first, ...others]),
        );
      },
      writeRegisters: async (address, [first = 0, ...others]) => {
        await ask<unknown>((client) =>
          others.length === 0
            ? client.writeRegister(address, first)
            : client.writeRegisters(address, [first, ...others]),
        );
      },
    };
  }

  private async ask<T>({ unit, timeoutMs }: ModbusUnit, request: (client: Client) => Promise<T>): Promise<T> {
    const { client, socket } = await this.connected(timeoutMs);
    client.setID(unit);
    return this.answered(request(client), socket, timeoutMs);
  }

  private async connected(timeoutMs: number): Promise<Connection> {
    if (this.connection) return this.connection;
    const library = await loadOptional(
      { name: 'modbus-serial', version: '8', neededFor: 'Modbus, as a trigger or a sink,' },
      () => import('modbus-serial'),
    );
    const socket = await this.openSocket(timeoutMs);
    const client: Client = new library.default.default();
    const connection = { client, socket };
    // Whatever fails later shows at the next request; without a listener it would end the process.
    socket.on('error', () => undefined);
    socket.once('close', () => {
      if (this.connection === connection) this.connection = undefined;
    });
    await client.linkTCP(socket, { port: this.place.port });
    this.connection = connection;
    return connection;
  }

  private async openSocket(timeoutMs: number): Promise<Socket> {
    const socket = new Socket().setNoDelay(true).setKeepAlive(true, 30_000);
    const late = (): unknown => socket.destroy(new Error(`no connection within ${timeoutMs} ms`));
    const timeout = setTimeout(late, timeoutMs);
    try {
      socket.connect({ ...this.place });
      await once(socket, 'connect');
      return socket;
    } catch (cause) {
      socket.destroy();
      throw new AgentError('offline', `${this.name} cannot be reached: ${messageOf(cause)}`, { cause });
    } finally {
      clearTimeout(timeout);
    }
  }

  /** The library forgets what it was asked when a connection ends; here everything asked has an end. */
  private async answered<T>(work: Promise<T>, socket: Socket, timeoutMs: number): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    let onClose: (() => void) | undefined;
    const broken = new Promise<never>((_, reject) => {
      const fail = (why: string): void => reject(new AgentError('offline', `${this.name} ${why}`));
      onClose = () => fail('closed the connection');
      socket.once('close', onClose);
      timer = setTimeout(() => fail(`did not answer within ${timeoutMs} ms`), timeoutMs);
    });
    try {
      return await Promise.race([work, broken]);
    } catch (cause) {
      const { modbusCode } = cause as { readonly modbusCode?: number };
      if (modbusCode !== undefined) {
        throw new AgentError('device-refused', `${this.name} answers with ${messageOf(cause)}`, { cause });
      }
      // An answer that comes too late would be taken for that of a later request.
      this.drop();
      if (cause instanceof AgentError) throw cause;
      throw new AgentError('offline', `${this.name}: ${messageOf(cause)}`, { cause });
    } finally {
      clearTimeout(timer);
      if (onClose) socket.removeListener('close', onClose);
    }
  }

  private drop(): void {
    const { socket } = this.connection ?? {};
    this.connection = undefined;
    socket?.destroy();
  }

  private get name(): string {
    const { host, port } = this.place;
    return `the Modbus server ${host.includes(':') ? `[${host}]` : host}:${port}`;
  }
}

const messageOf = (cause: unknown): string =>
  (cause as Error).message || ((cause as NodeJS.ErrnoException).code ?? 'it failed');
