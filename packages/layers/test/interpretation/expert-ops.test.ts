import { onEveryBackend } from '../backends.ts';
import { testAgainstArrays } from './against-arrays.ts';
import { expertLayout } from './layouts.ts';

onEveryBackend(() => {
  testAgainstArrays(expertLayout);
});
