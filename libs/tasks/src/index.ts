export * from './tensors.js';
export * from './geometry.js';
export * from './truth.js';
export * from './task.js';
export * from './tasks.js';
export { activate, type Activation } from './shared/activate.js';
export { topIndex } from './shared/top-index.js';
