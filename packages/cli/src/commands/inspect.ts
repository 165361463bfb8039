import { resolve } from 'node:path';
import { type Inspection, inspectCheckpoint } from '@tfjs-moe/checkpoints/inspect';
import { jsonText, optionHelp, readOptions } from '@tfjs-moe/command-line';
import { openedModel } from '../checkpoint/opened-model.ts';
import type { Command } from '../command.ts';

const WHO = 'moe inspect';

const options = { json: { about: 'all of it as JSON' } };

const usage = () => `usage: moe inspect MODEL [--json]

Tells what lies in a checkpoint: dtypes, sizes, and of every mixture-of-experts block the families of models that it fits, its
experts and the norms of its router. Of the experts nothing but their shapes is read.

MODEL is a .safetensors file, a model.safetensors.index.json, or a folder with either and a config.json

${optionHelp(options)}
`;

/** `moe inspect`: what lies in a checkpoint. */
export const inspect: Command = {
  options,
  async run(written, terminal) {
    const { given, words, help } = readOptions(WHO, written, options);
    if (help) {
      terminal.output.write(usage());
      return 0;
    }
    const [path, ...stray] = words;
    if (path === undefined || stray.length > 0) {
      terminal.errors.write(usage());
      return 2;
    }
    const model = await openedModel(WHO, resolve(path), path);
    const inspection = await inspectCheckpoint(model.checkpoint, model.config);
    terminal.output.write(`${given.json ? jsonText(inspection, 2) : textOf(inspection)}\n`);
    return 0;
  },
};

function textOf({ tensors, bytes, dtypes, blocks }: Inspection): string {
  const kinds = Object.entries(dtypes).map(([dtype, count]) => `${count} ${dtype}`);
  const lines = blocks.map((block) => {
    if (block.problem !== undefined) return `layer ${block.layer}  ${block.problem}`;
    const { experts, features, hiddenUnits, layout, routerNorms, sharedHiddenUnits } = block;
    const shared = sharedHiddenUnits === undefined ? '' : `, shared expert of ${sharedHiddenUnits}`;
    const { least, mean, largest } = routerNorms!;
    const norms = [least, mean, largest].map((norm) => norm.toPrecision(3)).join(' / ');
    return `layer ${block.layer}  ${block.families.join(' or ')}  ${experts} experts ${features} x ${hiddenUnits}${shared}, ${layout}, router norms ${norms}`;
  });
  return [
    `${tensors} tensors, ${bytes.toLocaleString('en-US')} bytes: ${kinds.join(', ')}`,
    ...(lines.length > 0 ? lines : ['no mixture-of-experts block']),
  ].join('\n');
}
