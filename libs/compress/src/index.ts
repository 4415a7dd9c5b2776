export * from './macs.js';
