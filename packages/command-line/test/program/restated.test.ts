import { MoeError } from '@tfjs-moe/core';
import { expect, test } from 'vitest';
import { restated } from '../../src/index.ts';

test.each([
  [
    new MoeError('fit', 'starts must be positive', 0),
    '[tfjs-moe] moe fit: --starts must be positive. Received: 0.',
  ],
  [new MoeError('fit', 'starts must be positive'), '[tfjs-moe] moe fit: --starts must be positive.'],
])('an error is told in the words of a command, with one full stop: %s', (error, message) => {
  const said = restated(error, 'moe fit', (rule) => rule.replace('starts', '--starts'));
  expect(said).toMatchObject({ message, who: 'moe fit', name: 'MoeError' });
});
