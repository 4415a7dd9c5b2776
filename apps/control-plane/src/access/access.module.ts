import { Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AccessGuard } from './access.guard.js';
import { AccessTokenController } from './access-token.controller.js';
import { AccessToken } from './access-token.entity.js';
import { AccessTokenService } from './access-token.service.js';
import { DeviceKeys } from './device-keys.js';
import { DeviceTokenService } from './device-token.service.js';
import { Fleet } from './fleet.entity.js';

@Module({
  imports: [TypeOrmModule.forFeature([AccessToken, Fleet])],
  controllers: [AccessTokenController],
  providers: [
    AccessTokenService,
    DeviceKeys,
    DeviceTokenService,
    { provide: APP_GUARD, useClass: AccessGuard },
  ],
  exports: [DeviceKeys],
})
export class AccessModule {}
