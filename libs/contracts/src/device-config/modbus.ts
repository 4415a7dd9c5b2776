import { z } from 'zod';
import { Host, Port } from './fields.js';

/** A Modbus TCP server: a PLC, say. */
export const modbusServer = {
  host: Host,
  port: Port.default(502),
  unit: z.int().min(0).max(255).default(1),
  timeoutMs: z.int().min(10).max(60_000).default(1000),
};

export const ModbusAddress = z.int().min(0).max(65_535);
