import { onEveryBackend } from '../backends.ts';
import { testAgainstArrays } from './against-arrays.ts';
import { rowLayout } from './layouts.ts';

onEveryBackend(() => {
  testAgainstArrays(rowLayout);
});
