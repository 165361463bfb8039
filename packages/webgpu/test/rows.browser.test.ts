import '../src/index.ts';
import { onWebGpu } from './device.ts';
import { testRows } from './rows.ts';

onWebGpu();
testRows(30);
