import * as experts from '@tfjs-moe/experts';
import * as gates from '@tfjs-moe/gates';
import * as layers from '@tfjs-moe/layers';
import { describe, expect, test } from 'vitest';
import * as contracts from '../src/contracts.ts';
import * as moe from '../src/index.ts';

const parts = { contracts, experts, gates, layers };

describe('tfjs-moe', () => {
  // Of two star exports with one name, JavaScript silently exports neither.
  test('no two packages share a name', () => {
    const names = Object.values(parts).flatMap((part) => Object.keys(part));
    expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([]);
  });

  test.each(Object.entries(parts))('re-exports everything of %s', (_, part) => {
    expect(moe).toMatchObject({ ...part });
  });
});
