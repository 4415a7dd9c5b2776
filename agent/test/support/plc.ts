import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { freePort } from '@hamon/testing';
import modbus from 'modbus-serial';

const { ServerTCP } = modbus;

/** Each write as the PLC saw it. */
export type PlcWrite = readonly [kind: 'coil' | 'register', address: number, value: boolean | number];

/** A Modbus TCP server with coils and registers, which may be told to misbehave. */
export class Plc {
  readonly coils = new Map<number, boolean>();
  readonly registers = new Map<number, number>();
  readonly writes: PlcWrite[] = [];
  /** Addresses from here on are answered with an exception. */
  lastAddress = 999;
  /** Answers nothing from now on. */
  isSilent = false;
  /** Does it answer this write, which it has executed? */
  answersTo: (write: PlcWrite) => boolean = () => true;
  reads = 0;
  private server: InstanceType<typeof ServerTCP> | undefined;
  port = 0;

  static async start(): Promise<Plc> {
    const plc = new Plc();
    await plc.listen();
    return plc;
  }

  /** On the port that it had before, if it had one. */
  async listen(): Promise<void> {
    if (this.port === 0) this.port = await freePort();
    const server = new ServerTCP(
      {
        getCoil: (address: number) => this.answer(address, () => this.read(address)),
        getDiscreteInput: (address: number) => this.answer(address, () => this.read(address)),
        setCoil: (address: number, value: boolean) =>
          this.answer(address, () => {
            this.coils.set(address, value);
            return this.written(['coil', address, value]);
          }),
        setRegister: (address: number, value: number) =>
          this.answer(address, () => {
            this.registers.set(address, value);
            return this.written(['register', address, value]);
          }),
      },
      { host: '127.0.0.1', port: this.port, unitID: 1 },
    );
    this.server = server;
    await new Promise<void>((resolve) => server.on('initialized', () => resolve()));
  }

  async stop(): Promise<void> {
    const { server } = this;
    this.server = undefined;
    if (server) await new Promise<void>((resolve) => server.close(() => resolve()));
  }

  private read(address: number): boolean {
    this.reads += 1;
    return this.coils.get(address) ?? false;
  }

  private written(write: PlcWrite): void | Promise<never> {
    this.writes.push(write);
    if (!this.answersTo(write)) return new Promise(() => undefined);
  }

  private answer<T>(address: number, act: () => T | Promise<T>): Promise<T> {
    if (this.isSilent) return new Promise(() => undefined);
    // The server's word for "illegal data address".
    if (address > this.lastAddress) return Promise.reject({ modbusErrorCode: 2 });
    return Promise.resolve(act());
  }
}

/** A server that takes connections and bytes and never says a word. */
export class SilentServer {
  connections = 0;
  private readonly sockets = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    readonly port: number,
  ) {}

  static async start(): Promise<SilentServer> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const silent = new SilentServer(server, (server.address() as AddressInfo).port);
    server.on('connection', (socket) => {
      silent.connections += 1;
      silent.sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => silent.sockets.delete(socket));
      socket.resume();
    });
    return silent;
  }

  get open(): number {
    return this.sockets.size;
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
