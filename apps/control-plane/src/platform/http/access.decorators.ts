import { createParamDecorator, type ExecutionContext, SetMetadata } from '@nestjs/common';
import { must } from '../errors.js';
import type { Caller as CallerOf } from './caller.js';

/** Who may call a route. Without a decorator it is `admin`: a forgotten decorator opens nothing. */
export type Access = 'admin' | 'device-or-admin' | 'public';

export const ACCESS = 'hamon:access';

export const Admin = (): MethodDecorator & ClassDecorator => SetMetadata(ACCESS, 'admin' satisfies Access);
export const DeviceOrAdmin = (): MethodDecorator & ClassDecorator =>
  SetMetadata(ACCESS, 'device-or-admin' satisfies Access);
export const Public = (): MethodDecorator & ClassDecorator => SetMetadata(ACCESS, 'public' satisfies Access);

/** Requests carry their caller here once the guard knows it. */
export interface WithCaller {
  caller?: CallerOf;
}

/** The request's caller, as the guard found it. */
export const Caller = createParamDecorator((_: unknown, context: ExecutionContext): CallerOf =>
  must(context.switchToHttp().getRequest<WithCaller>().caller, 'a caller behind the access guard'),
);
