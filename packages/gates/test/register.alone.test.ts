import { knownKinds } from '@tfjs-moe/core';
import * as gates from '@tfjs-moe/gates';
import { describe, expect, test } from 'vitest';
import { bundled } from '../../core/test/bundle.ts';
import '@tfjs-moe/gates/register';

const routers = knownKinds('router');
const kinds = knownKinds('gate');
const routersIn = (code: string) => routers.filter((kind) => code.includes(`defineRouter("${kind}"`));
const gatesIn = (code: string) => kinds.filter((kind) => code.includes(`defineGate("${kind}"`));

describe('register', () => {
  test('knows every router and gate of the package', () => {
    expect(routers).toContain('linear');
    expect(kinds).toContain('topK');
    const factories = Object.values(gates).map(({ kind }) => kind);
    expect(factories.sort()).toEqual([...routers, ...kinds].sort());
  });

  test('keeps every router and gate in a bundle', async () => {
    const code = await bundled(import.meta.dirname, "import '@tfjs-moe/gates/register';");
    expect(routersIn(code)).toEqual(routers);
    expect(gatesIn(code)).toEqual(kinds);
  });

  test('leaves out of a bundle what a program does not use', async () => {
    const program = "import { topK } from '@tfjs-moe/gates'; console.log(topK());";
    const code = await bundled(import.meta.dirname, program);
    expect(routersIn(code)).toEqual(['linear']);
    expect(gatesIn(code)).toEqual(['softmax', 'topK']);
  });
});
