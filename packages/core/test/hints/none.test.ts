import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import * as hints from '../../src/hints/index.ts';
import * as none from '../../src/hints/none.ts';

describe('the hints of a production build', () => {
  test('stand in for all of them, and say nothing', () => {
    expect(Object.keys(none).sort()).toEqual(Object.keys(hints).sort());
    const { development, builtInKinds, ...silent } = none;
    expect([hints.development, development]).toEqual([true, false]);
    expect(Object.values(builtInKinds).flat()).toEqual([]);
    for (const hint of Object.values(silent) as (() => string | undefined)[]) expect(hint() ?? '').toBe('');
  });

  test('are taken under the condition that bundlers have for production, and nowhere else', () => {
    const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
    expect(manifest.publishConfig.exports['./hints']).toEqual({
      types: './dist/hints/index.d.ts',
      production: './dist/hints/none.js',
      default: './dist/hints/index.js',
    });
  });
});
