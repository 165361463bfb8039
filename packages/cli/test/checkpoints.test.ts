import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openFolder } from '@tfjs-moe/checkpoints/node';
import { floatsOf, tensorData, writeSafetensors } from '@tfjs-moe/checkpoints/safetensors';
import { afterAll, describe, expect, test } from 'vitest';
import { convert } from '../src/commands/convert.ts';
import { inspect } from '../src/commands/inspect.ts';
import { captured } from './captured.ts';

const folder = mkdtempSync(join(tmpdir(), 'checkpoints-'));
afterAll(() => rmSync(folder, { recursive: true }));
const said = captured();
const at = (name: string) => join(folder, name);

const block = (prefix: string) => [
  tensorData(`${prefix}gate.weight`, 'F32', [2, 2], [3, 4, 0, 1]),
  ...[0, 1].flatMap((e) =>
    ['w1', 'w2', 'w3'].map((name) =>
      tensorData(`${prefix}experts.${e}.${name}.weight`, 'F32', [2, 2], [1, 2, 3, 1 / 3]),
    ),
  ),
];
const model = at('m.safetensors');
writeFileSync(
  model,
  writeSafetensors([...block('model.layers.4.block_sparse_moe.'), tensorData('step', 'I64', [1], [3n])]),
);

describe('moe inspect', () => {
  test('tells families, sizes and router norms, as text and as JSON', async () => {
    expect(await inspect.run([model], said.terminal)).toBe(0);
    expect(said.output[0]).toBe(
      '8 tensors, 120 bytes: 1 I64, 7 F32\n' +
        'layer 4  minimax or mixtral or phi-moe  2 experts 2 x 2, perExpert, router norms 1.00 / 3.00 / 5.00',
    );
    await inspect.run([model, '--json'], said.terminal);
    expect(JSON.parse(said.output[1]!).blocks[0]).toMatchObject({
      layer: 4,
      experts: 2,
      layout: 'perExpert',
    });
  });

  test('names what is wrong in a file', async () => {
    writeFileSync(at('bad.safetensors'), 'x');
    await expect(inspect.run([at('bad.safetensors')], said.terminal)).rejects.toThrow(
      /bad\.safetensors: .*at least 8 bytes/,
    );
  });
});

describe('moe convert', () => {
  test('rounds floating-point numbers, leaves the rest, and writes an index', async () => {
    const words = [model, '--out', at('out'), '--dtype', 'BF16', '--max-shard-bytes', '30', '--json'];
    expect(await convert.run(words, said.terminal)).toBe(0);
    const { files } = JSON.parse(said.output[0]!);
    expect(files).toContain('model.safetensors.index.json');
    expect(readdirSync(at('out')).sort()).toEqual([...files].sort());
    const { checkpoint } = await openFolder(at('out'));
    const kernel = await checkpoint.read('model.layers.4.block_sparse_moe.experts.1.w2.weight');
    expect([...floatsOf(kernel)]).toEqual([1, 2, 3, 0.333984375]);
    expect((await checkpoint.read('step')).dtype).toBe('I64');
  });

  test('without options the file has the same bytes, and is not written over itself', async () => {
    expect(await convert.run([model, '--out', at('same')], said.terminal)).toBe(0);
    const bytes = readFileSync(at('same/model.safetensors'));
    await convert.run([at('same'), '--out', at('again')], said.terminal);
    expect(readFileSync(at('again/model.safetensors'))).toEqual(bytes);
    await expect(convert.run([at('same'), '--out', at('same')], said.terminal)).rejects.toThrow(
      /another folder/,
    );
  });

  test('the folder of the model is known through links, and where its files are links', async () => {
    await convert.run([model, '--out', at('real')], said.terminal);
    symlinkSync('real', at('link'));
    mkdirSync(at('snapshot'));
    symlinkSync('../real/model.safetensors', at('snapshot/model.safetensors'));
    const refused = (from: string, out: string) =>
      expect(convert.run([at(from), '--out', out], said.terminal)).rejects.toThrow(/another folder/);
    await refused('real', at('link'));
    await refused('link', at('real'));
    await refused('link/model.safetensors', `${at('real')}/../real/.`);
    await refused('snapshot', at('real'));
    await refused('snapshot/model.safetensors', at('snapshot'));
    expect(await convert.run([at('real'), '--out', at('real/inside')], said.terminal)).toBe(0);
  });

  test('experts are laid out anew and back, and a file that cannot be is not left half-way', async () => {
    const words = [model, '--family', 'mixtral'];
    expect(await convert.run([...words, '--layout', 'fused', '--out', at('fused')], said.terminal)).toBe(0);
    const { checkpoint } = await openFolder(at('fused'));
    expect(checkpoint.names).toContain('model.layers.4.mlp.experts.gate_up_proj');
    const back = [at('fused'), '--family', 'mixtral', '--layout', 'perExpert', '--out', at('back')];
    await convert.run(back, said.terminal);
    await convert.run([model, '--out', at('plain')], said.terminal);
    expect(readFileSync(at('back/model.safetensors'))).toEqual(readFileSync(at('plain/model.safetensors')));
    await expect(
      convert.run([model, '--layout', 'fused', '--out', at('none')], said.terminal),
    ).rejects.toThrow(/say which by family/);
    expect(readdirSync(folder)).not.toContain('none');
  });
});
