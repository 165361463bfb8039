import '../src/index.ts';
import { testProducts } from '../../webgpu/test/products.ts';
import { onWebGl } from './device.ts';

onWebGl();
// Every size is compiled for.
testProducts(6);
