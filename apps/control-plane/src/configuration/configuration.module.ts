import { Module } from '@nestjs/common';
import { FleetModule } from '../fleet/fleet.module.js';
import { MessagingModule } from '../messaging/messaging.module.js';
import { ConfigAssignmentStore } from './config-assignment.store.js';
import { ConfigFollower } from './config-follower.js';
import { ConfigPublishing } from './config-publishing.js';
import { ConfigPushService } from './config-push.service.js';
import { DeviceConfigController } from './device-config.controller.js';
import { DeviceConfigService } from './device-config.service.js';
import { DeviceConfigStore } from './device-config.store.js';

/** What devices are configured with from the centre, under our signature. */
@Module({
  imports: [FleetModule, MessagingModule],
  controllers: [DeviceConfigController],
  providers: [
    ConfigAssignmentStore,
    ConfigFollower,
    ConfigPublishing,
    ConfigPushService,
    DeviceConfigService,
    DeviceConfigStore,
  ],
})
export class ConfigurationModule {}
