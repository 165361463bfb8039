import '../src/index.ts';
import { testRows } from '../../webgpu/test/rows.ts';
import { onWebGl } from './device.ts';

onWebGl();
// Every size is compiled for.
testRows(7);
