import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { ControlPlaneError } from '../platform/errors.js';
import { ACCESS, type Access, type WithCaller } from '../platform/http/access.decorators.js';
import { AccessTokenService } from './access-token.service.js';
import { DeviceTokenService } from './device-token.service.js';

/** Finds out who calls, from `Authorization: Bearer`: an admin's token, or a device's JWT where devices may come. */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly adminTokens: AccessTokenService,
    private readonly deviceTokens: DeviceTokenService,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const access =
      this.reflector.getAllAndOverride<Access | undefined>(ACCESS, [
        context.getHandler(),
        context.getClass(),
      ]) ?? 'admin';
    if (access === 'public') return true;
    const request = context.switchToHttp().getRequest<FastifyRequest & WithCaller>();
    const [, token] = /^Bearer +(\S{1,4000})$/i.exec(request.headers.authorization ?? '') ?? [];
    if (token === undefined) {
      throw new ControlPlaneError('unauthenticated', 'Send a token as "Authorization: Bearer TOKEN".');
    }
    // Only a JWT holds dots: an admin's token never reaches the parser of device tokens, nor the other way round.
    const caller = token.includes('.')
      ? await this.deviceTokens.find(token)
      : await this.adminTokens.find(token);
    if (!caller) throw new ControlPlaneError('unauthenticated', 'This token opens nothing here.');
    if (caller.kind === 'device' && access !== 'device-or-admin') {
      throw new ControlPlaneError('forbidden', 'A device may not do this.');
    }
    request.caller = caller;
    return true;
  }
}
