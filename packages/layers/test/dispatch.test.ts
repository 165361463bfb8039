import { onEveryBackend } from './backends.ts';
import { testGradientCases } from './gradient-cases.ts';

onEveryBackend(() => testGradientCases());
