/** Stand-ins for tests: a file system that fails on demand, a terminal that keeps what it is sent. */
export { type CapturedTerminal, capturedTerminal } from './captured-terminal.ts';
export { type Faults, faultyFileSystem } from './faulty-file-system.ts';
