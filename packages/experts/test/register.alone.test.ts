import { knownKinds } from '@tfjs-moe/core';
import * as experts from '@tfjs-moe/experts';
import { describe, expect, test } from 'vitest';
import { bundled } from '../../core/test/bundle.ts';
import '@tfjs-moe/experts/register';

const kinds = knownKinds('expert');
const kindsIn = (code: string) => kinds.filter((kind) => code.includes(`defineExpert("${kind}"`));

describe('register', () => {
  test('knows every expert of the package', () => {
    expect(kinds).toContain('ffn');
    expect(Object.values(experts).map(({ kind }) => kind)).toEqual(Object.keys(experts));
    expect(Object.keys(experts).sort()).toEqual(kinds);
  });

  test('keeps every expert in a bundle', async () => {
    const code = await bundled(import.meta.dirname, "import '@tfjs-moe/experts/register';");
    expect(kindsIn(code)).toEqual(kinds);
  });

  test('leaves out of a bundle what a program does not use', async () => {
    const program = "import { linear } from '@tfjs-moe/experts'; console.log(linear());";
    expect(kindsIn(await bundled(import.meta.dirname, program))).toEqual(['linear']);
  });
});
