import { operateInModel, pruneCheckpoint, pruneExperts } from '@tfjs-moe/checkpoints';
import { integer, oneOf } from '@tfjs-moe/command-line';
import { layerOption, surgeryCommand } from '../checkpoint/surgery-command.ts';
import type { Command } from '../command.ts';

const options = {
  to: { value: 'N', about: 'number of experts that stay', read: integer({ min: 1 }) },
  by: {
    value: 'RULE',
    about:
      'which stay: by saliency (reap), how often they are selected (frequency), of a saved model the best of all sets (naee), of a checkpoint the longest rows of the router (routerNorm), which need no --hidden; default: reap, or routerNorm without --hidden',
    read: oneOf(['reap', 'frequency', 'naee', 'routerNorm']),
  },
  layer: layerOption,
};

/** `moe prune`: smaller mixtures in a saved model, or in a checkpoint. */
export const prune: Command = surgeryCommand<typeof options>({
  name: 'prune',
  needs: 'to',
  help: `Takes experts out of a mixture: those that matter least for the inputs, with their rows of the router. The number of experts for
each token stays.`,
  options,
  only: { saved: ['layer'], checkpoint: [] },
  operateOnCheckpoint: (model, shared, { by, to }) =>
    pruneCheckpoint(model, { ...shared, to: to!, ...(by !== undefined && { by: by as 'reap' }) }),
  operate: (artifacts, inputs, { by, layer, to }) =>
    operateInModel(artifacts, {
      inputs,
      ...(layer !== undefined && { layer }),
      operate: (moe, tokens) =>
        pruneExperts(moe, tokens, { to: to!, ...(by !== undefined && { by: by as 'reap' }) }),
    }),
});
