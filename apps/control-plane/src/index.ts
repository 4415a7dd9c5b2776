import 'reflect-metadata';

export { readConfig } from './platform/config/read-config.js';
export { startControlPlane, type RunningControlPlane } from './start-control-plane.js';
