import { join, resolve } from 'node:path';
import {
  type Checkpoint,
  checkpointFiles,
  floatsOf,
  type TensorData,
  tensorData,
} from '@tfjs-moe/checkpoints/safetensors';
import {
  expectOutputFolder,
  integer,
  jsonText,
  makeFolder,
  oneOf,
  optionHelp,
  readOptions,
  replaceFiles,
  text,
} from '@tfjs-moe/command-line';
import { expectOtherFolder, openedModel } from '../checkpoint/opened-model.ts';
import type { Command } from '../command.ts';

const WHO = 'moe convert';

const options = {
  out: { value: 'FOLDER', about: 'where the files go; made where it is not there', read: text },
  dtype: {
    value: 'DTYPE',
    about: 'of floating-point tensors: F32, BF16 or F16, rounded to the nearest (default: as they are)',
    read: oneOf(['F32', 'BF16', 'F16']),
  },
  'max-shard-bytes': {
    value: 'N',
    about: 'bytes of tensors in one file; more files get an index (default: one file)',
    read: integer({ min: 1 }),
  },
  json: { about: 'what was written, as JSON' },
};

const usage = () => `usage: moe convert MODEL --out FOLDER [options]

Writes a checkpoint anew: in another dtype, in one file or several, with its config.json. All files are on the disk before the
first gets its name. Kernels in F8 with factors, and MXFP4, stay as they are.

MODEL is a .safetensors file, a model.safetensors.index.json, or a folder with either

${optionHelp(options)}
`;

/** `moe convert`: a checkpoint in another dtype, or in other files. */
export const convert: Command = {
  options,
  async run(written, terminal) {
    const { given, words, help } = readOptions(WHO, written, options);
    if (help) {
      terminal.output.write(usage());
      return 0;
    }
    const [path, ...stray] = words;
    if (path === undefined || stray.length > 0 || given.out === undefined) {
      terminal.errors.write(usage());
      return 2;
    }
    const folder = resolve(given.out);
    expectOutputFolder(WHO, '--out', folder, given.out);
    const model = await openedModel(WHO, resolve(path), path);
    expectOtherFolder(WHO, resolve(path), folder, given.out);
    const tensors: TensorData[] = [];
    for (const [i, name] of model.checkpoint.names.entries()) {
      tensors.push(await converted(model.checkpoint, name, given.dtype as Target | undefined));
      if (terminal.errors.isTTY)
        terminal.errors.write(`\r${i + 1} of ${model.checkpoint.names.length} tensors`);
    }
    if (terminal.errors.isTTY) terminal.errors.write('\n');
    const { metadata } = model.checkpoint;
    const files = new Map<string, readonly Uint8Array[]>(
      checkpointFiles(tensors, {
        ...(metadata.size > 0 && { metadata }),
        ...(given['max-shard-bytes'] !== undefined && { maxShardBytes: given['max-shard-bytes'] }),
      }),
    );
    if (model.config) files.set('config.json', [Buffer.from(`${JSON.stringify(model.config, null, 2)}\n`)]);
    makeFolder(WHO, '--out', folder);
    const contents = [...files].map(([name, chunks]) => ({
      path: join(folder, name),
      content: chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks),
    }));
    replaceFiles(WHO, contents, { what: '--out' });
    const told = { tensors: tensors.length, files: [...files.keys()] };
    const line = `${told.tensors} tensors in ${told.files.join(', ')}`;
    terminal.output.write(`${given.json ? jsonText(told) : line}\n`);
    return 0;
  },
};

type Target = 'F32' | 'BF16' | 'F16';

/** A tensor in another dtype, where it has a floating-point one that stands by itself. */
async function converted(
  checkpoint: Checkpoint,
  name: string,
  dtype: Target | undefined,
): Promise<TensorData> {
  const tensor = await checkpoint.read(name);
  if (dtype === undefined || tensor.dtype === dtype || !/^(F(16|32|64)|BF16)$/.test(tensor.dtype))
    return tensor;
  return tensorData(name, dtype, tensor.shape, floatsOf(tensor));
}
