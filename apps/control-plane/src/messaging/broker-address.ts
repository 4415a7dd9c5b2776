import { Injectable } from '@nestjs/common';
import { Config } from '../platform/config/config.js';
import { Broker } from './broker.js';

/** Where devices find the broker. */
@Injectable()
export class BrokerAddress {
  constructor(
    private readonly config: Config,
    private readonly broker: Broker,
  ) {}

  urlForDevices(): string {
    return this.config.publicMqttUrl ?? this.broker.url;
  }
}
