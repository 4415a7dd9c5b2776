import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { MessagingModule } from '../messaging/messaging.module.js';
import { AccessModule } from '../access/access.module.js';
import { BrokerAccounts } from './broker-accounts.js';
import { DesiredVersions } from './desired-versions.js';
import { DeviceChangesStore } from './device-changes.store.js';
import { DeviceKeyStore } from './device-key.store.js';
import { DeviceModels } from './device-models.js';
import { DeviceReportStore } from './device-report.store.js';
import { PresenceStore } from './presence.store.js';
import { PresenceSweeper } from './presence-sweeper.js';
import { ReportListeners } from './report-listeners.js';
import { ReportedStateIngest } from './reported-state.ingest.js';
import { DeviceController } from './device.controller.js';
import { DeviceLifecycle } from './device-lifecycle.js';
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
import { FleetPolicyController } from './fleet-policy.controller.js';
import { FleetPolicyService } from './fleet-policy.service.js';
import { FleetPolicyStore } from './fleet-policy.store.js';
import { HardwareReplacement } from './hardware-replacement.js';
import { TimeController } from './time.controller.js';

@Module({
  imports: [TypeOrmModule.forFeature([Device, EnrolmentToken]), AccessModule, MessagingModule],
  controllers: [
    DeviceController,
    EnrolmentController,
    EnrolmentTokenController,
    FleetPolicyController,
    TimeController,
  ],
  providers: [
    BrokerAccounts,
    DesiredVersions,
    DeviceChangesStore,
    DeviceKeyStore,
    DeviceLifecycle,
    DeviceModels,
    DeviceReportStore,
    DeviceRetirement,
    DeviceService,
    DeviceStore,
    EnrolmentService,
    EnrolmentTokenService,
    EnrolmentTurns,
    FleetMetrics,
    FleetPolicyService,
    FleetPolicyStore,
    HardwareReplacement,
    PresenceStore,
    PresenceSweeper,
    ReportedStateIngest,
    ReportListeners,
  ],
  exports: [
    DesiredVersions,
    DeviceChangesStore,
    DeviceLifecycle,
    DeviceStore,
    FleetPolicyStore,
    ReportListeners,
  ],
})
export class FleetModule {}
