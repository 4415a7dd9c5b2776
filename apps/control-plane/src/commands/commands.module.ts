import { Module } from '@nestjs/common';
import { FleetModule } from '../fleet/fleet.module.js';
import { MessagingModule } from '../messaging/messaging.module.js';
import { CommandPublisher } from './command-publisher.js';
import { CommandReplies } from './command-replies.js';
import { CommandSigner } from './command-signer.js';
import { CommandSources } from './command-sources.js';
import { DeviceCommandAnswers } from './device-command-answers.js';
import { DeviceCommandController } from './device-command.controller.js';
import { DeviceCommandExpiry } from './device-command-expiry.js';
import { DeviceCommandService } from './device-command.service.js';
import { DeviceCommandStore } from './device-command.store.js';

/** What is asked of devices that are connected: signed, repeated until answered. */
@Module({
  imports: [FleetModule, MessagingModule],
  controllers: [DeviceCommandController],
  providers: [
    CommandPublisher,
    CommandReplies,
    CommandSigner,
    CommandSources,
    DeviceCommandAnswers,
    DeviceCommandExpiry,
    DeviceCommandService,
    DeviceCommandStore,
  ],
  exports: [CommandPublisher, CommandReplies, CommandSigner, CommandSources],
})
export class CommandsModule {}
