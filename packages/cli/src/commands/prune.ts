import { operateInModel, pruneExperts } from '@tfjs-moe/checkpoints';
import { integer, oneOf } from '@tfjs-moe/command-line';
import { layerOption, surgeryCommand } from '../checkpoint/surgery-command.ts';
import type { Command } from '../command.ts';

const options = {
  to: { value: 'N', about: 'number of experts that stay', read: integer({ min: 1 }) },
  by: {
    value: 'RULE',
    about:
      'which stay: by saliency (reap), how often they are selected (frequency), or the best of all sets (naee); default: reap',
    read: oneOf(['reap', 'frequency', 'naee']),
  },
  layer: layerOption,
};

/** `moe prune`: a smaller mixture in a saved model. */
export const prune: Command = surgeryCommand<typeof options>({
  name: 'prune',
  needs: 'to',
  help: `Takes experts out of a mixture in a saved model: those that matter least for the inputs, with their rows of the router. The
number of experts for each token stays.`,
  options,
  operate: (artifacts, inputs, { by, layer, to }) =>
    operateInModel(artifacts, {
      inputs,
      ...(layer !== undefined && { layer }),
      operate: (moe, tokens) => pruneExperts(moe, tokens, { to: to!, ...(by !== undefined && { by }) }),
    }),
});
