import { resolve } from 'node:path';
import { convertCheckpoint } from '@tfjs-moe/checkpoints/convert';
import { familyNames } from '@tfjs-moe/checkpoints/inspect';
import { writeFolder } from '@tfjs-moe/checkpoints/node';
import { expectOutputFolder, integer, oneOf, optionHelp, readOptions, text } from '@tfjs-moe/command-line';
import { expectOtherFolder, openedModel } from '../checkpoint/opened-model.ts';
import type { Command } from '../command.ts';
import { countProgress } from '../step-progress.ts';

const WHO = 'moe convert';

const options = {
  out: { value: 'FOLDER', about: 'where the files go; made where it is not there', read: text },
  dtype: {
    value: 'DTYPE',
    about: 'of floating-point tensors: F32, BF16 or F16, rounded to the nearest (default: as they are)',
    read: oneOf(['F32', 'BF16', 'F16']),
  },
  layout: {
    value: 'LAYOUT',
    about:
      'of the experts: tensors for each (perExpert), as older files have them, or all experts in one (fused), as newer ones (default: as they are)',
    read: oneOf(['perExpert', 'fused']),
  },
  family: {
    value: 'NAME',
    about: 'of the model, for --layout, where neither config.json nor the names of tensors tell',
    read: oneOf(familyNames),
  },
  'max-shard-bytes': {
    value: 'N',
    about: 'bytes of tensors in one file; more files get an index (default: one file)',
    read: integer({ min: 1 }),
  },
  json: { about: 'what was written, as JSON' },
};

const usage = () => `usage: moe convert MODEL --out FOLDER [options]

Writes a checkpoint anew: in another dtype, with its experts in another layout, in one file or several, with its config.json. It
is read while it is written, so that a model may be larger than memory; all files are on the disk before the first gets its name.
Selection biases, and the scales of kernels in few bits, are never rounded.
Kernels in F8 with factors, and MXFP4, stay as they are, or are decoded where --layout moves them and --dtype says into what.

MODEL is a .safetensors file, a model.safetensors.index.json, or a folder with either

${optionHelp(options)}
`;

/** `moe convert`: a checkpoint in another dtype or layout, or in other files. */
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
    const { dtype, family, json, layout } = given;
    const maxShardBytes = given['max-shard-bytes'];
    const progress = countProgress(terminal.errors, 'tensors');
    let tensors = 0;
    try {
      const contents = new Map(
        await convertCheckpoint(model, {
          ...(dtype !== undefined && { dtype }),
          ...(family !== undefined && { family }),
          ...(layout !== undefined && { layout }),
          ...(maxShardBytes !== undefined && { maxShardBytes }),
          onTensor(_, at, of) {
            tensors = of;
            progress.at(at + 1, of);
          },
        }),
      );
      if (model.config) contents.set('config.json', jsonOf(model.config));
      await writeFolder(folder, contents, { who: WHO, what: '--out' });
      const told = { tensors, files: [...contents.keys()] };
      progress.stop();
      const line = `${told.tensors} tensors in ${told.files.join(', ')}`;
      terminal.output.write(`${json ? JSON.stringify(told) : line}\n`);
      return 0;
    } finally {
      progress.stop();
    }
  },
};

async function* jsonOf(config: object): AsyncIterable<Uint8Array> {
  yield Buffer.from(`${JSON.stringify(config, null, 2)}\n`);
}
