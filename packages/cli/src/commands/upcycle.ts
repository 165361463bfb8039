import {
  type UpcycleCheckpointOptions,
  type UpcycleInModelOptions,
  upcycleCheckpoint,
  upcycleInModel,
} from '@tfjs-moe/checkpoints';
import { decimal, integer, oneOf, text } from '@tfjs-moe/command-line';
import { surgeryCommand } from '../checkpoint/surgery-command.ts';
import type { Command } from '../command.ts';

const count = integer({ min: 1 });

const options = {
  experts: { value: 'N', about: 'number of experts', read: count },
  k: { value: 'N', about: 'experts for each token (default: 2, or groups)', read: count },
  method: {
    value: 'METHOD',
    about:
      'experts are copies (copies), shares of the hidden units (virtualGroups), or, in a saved model, copies with some units drawn anew (drop); default: copies',
    read: oneOf(['copies', 'virtualGroups', 'drop']),
  },
  groups: {
    value: 'N',
    about: 'experts that make up one network, by virtualGroups (default: 2)',
    read: count,
  },
  ratio: {
    value: 'P',
    about: 'of a saved model, part of the hidden units that are drawn anew, by drop (default: 0.5)',
    read: decimal({ min: 0, max: 1 }),
  },
  seed: { value: 'N', about: 'decides what is drawn (default: 0)', read: integer({ min: 0 }) },
  layers: {
    value: 'NAMES',
    about: 'of a saved model, the Dense layers, with commas, where it has several networks of them',
    read: text,
  },
};

/** `moe upcycle`: mixtures of experts in the place of dense layers of a saved model, or of a checkpoint. */
export const upcycle: Command = surgeryCommand<typeof options>({
  name: 'upcycle',
  needs: 'experts',
  help: `Puts a mixture of experts into a saved model in the place of Dense layers that follow each other, and computes what the model
did, except by the method drop. Where the last of them has an activation, it stays behind the mixture as a layer of its own.
Of a checkpoint the network of every layer becomes a mixture: of a Llama or a Mistral that of a Mixtral, of a Qwen3 that of a
Qwen3-MoE (--family says which, where the config does not).`,
  options,
  only: { saved: ['ratio', 'layers'], checkpoint: [] },
  operateOnCheckpoint: (model, shared, { experts, groups, k, method, seed }) => {
    const given = Object.entries({ groups, k, method, seed }).filter(([, value]) => value !== undefined);
    return upcycleCheckpoint(model, {
      ...(shared as UpcycleCheckpointOptions),
      ...(Object.fromEntries(given) as Partial<UpcycleCheckpointOptions>),
      experts: experts!,
    });
  },
  operate: (artifacts, inputs, { experts, layers, ...more }) => {
    const { groups, k, method, ratio, seed } = more;
    const given = Object.entries({ groups, k, method, ratio, seed }).filter(
      ([, value]) => value !== undefined,
    );
    const names = layers?.split(',').map((name) => name.trim());
    return upcycleInModel(artifacts, {
      ...(Object.fromEntries(given) as Partial<UpcycleInModelOptions>),
      ...(names !== undefined && { layers: names }),
      experts: experts!,
      inputs,
    });
  },
});
