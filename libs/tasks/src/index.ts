export * from './tensors.js';
export * from './geometry.js';
export * from './truth.js';
export * from './task.js';
export * from './tasks.js';
export { topIndex } from './shared/top-index.js';
export { areFinite } from './shared/read-tensor.js';
