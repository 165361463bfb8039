import type { TensorInfo } from '@tensorflow/tfjs-core';
import { type BackendKernel, type DefineKernel, defineBackendKernel } from '@tfjs-moe/core/backends';
import type { WebGl } from '../backend.ts';

/** A kernel: its name, and what it does on the device. */
export type Kernel = BackendKernel<WebGl, TensorInfo>;

/** Ties the types of a kernel's inputs and attributes to what it does. */
export const defineKernel: DefineKernel<WebGl, TensorInfo> = defineBackendKernel;
