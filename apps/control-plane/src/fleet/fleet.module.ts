import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { MessagingModule } from '../messaging/messaging.module.js';
import { TrustModule } from '../trust/trust.module.js';
import { DeviceController } from './device.controller.js';
import { DeviceEndings } from './device-endings.js';
import { DeviceRetirement } from './device-retirement.service.js';
import { Device } from './device.entity.js';
import { DeviceService } from './device.service.js';
import { DeviceStore } from './device.store.js';
import { EnrolmentController } from './enrolment.controller.js';
import { EnrolmentService } from './enrolment.service.js';
import { EnrolmentTokenController } from './enrolment-token.controller.js';
import { EnrolmentToken } from './enrolment-token.entity.js';
import { EnrolmentTokenService } from './enrolment-token.service.js';
import { EnrolmentTurns } from './enrolment-turns.js';
import { FleetMetrics } from './fleet-metrics.js';
import { HardwareReplacement } from './hardware-replacement.js';
import { TimeController } from './time.controller.js';

@Module({
  imports: [TypeOrmModule.forFeature([Device, EnrolmentToken]), MessagingModule, TrustModule],
  controllers: [DeviceController, EnrolmentController, EnrolmentTokenController, TimeController],
  providers: [
    DeviceEndings,
    DeviceRetirement,
    DeviceService,
    DeviceStore,
    EnrolmentService,
    EnrolmentTokenService,
    EnrolmentTurns,
    FleetMetrics,
    HardwareReplacement,
  ],
  exports: [DeviceEndings, DeviceStore],
})
export class FleetModule {}
