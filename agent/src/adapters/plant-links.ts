import type { PlantBroker } from '@hamon/contracts';
import { Leases, type Lease } from './leases.js';
import { ModbusLink, type ModbusPlace } from './modbus-link.js';
import { PlantBrokers, type PlantBrokersOptions } from './plant-brokers.js';
import type { PlantConnection } from './plant-connection.js';
import type { PlantSession } from './plant-session.js';

/** The device's connections to the plant, each once, shared by the triggers and sinks that name it. */
export class PlantLinks {
  private readonly brokers: PlantBrokers;
  private readonly servers = new Leases<ModbusLink>((link) => link.close());

  constructor(options: PlantBrokersOptions) {
    this.brokers = new PlantBrokers(options);
  }

  broker(
    config: PlantBroker,
    own?: { readonly name: string; readonly session: PlantSession },
  ): Lease<PlantConnection> {
    return this.brokers.take(config, own);
  }

  modbus({ host, port }: ModbusPlace): Lease<ModbusLink> {
    return this.servers.take(`${host} ${port}`, () => new ModbusLink({ host, port }));
  }
}
