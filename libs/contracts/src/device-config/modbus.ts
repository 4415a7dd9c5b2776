import { z } from 'zod';
import { Host, Port } from './fields.js';

/** A Modbus TCP server: a PLC, say. The protocol has neither passwords nor encryption. */
export const modbusServer = {
  host: Host,
  port: Port.default(502),
  unit: z.int().min(0).max(255).default(1),
  /** A server that takes longer is asked anew by another connection. */
  timeoutMs: z.int().min(10).max(60_000).default(1000),
};

/** As the protocol counts them: from 0. */
export const ModbusAddress = z.int().min(0).max(65_535);
