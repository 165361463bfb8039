import { mergeCheckpoint, mergeExperts, operateInModel } from '@tfjs-moe/checkpoints';
import { integer, oneOf } from '@tfjs-moe/command-line';
import { layerOption, surgeryCommand } from '../checkpoint/surgery-command.ts';
import type { Command } from '../command.ts';

const options = {
  to: { value: 'N', about: 'number of groups', read: integer({ min: 1 }) },
  by: {
    value: 'RULE',
    about:
      'who is merged: whose outputs are close (hc-smoe), whose logits are (m-smoe), or, of a checkpoint, whose rows of the router are (router), which needs no --hidden; default: hc-smoe, or router without --hidden',
    read: oneOf(['hc-smoe', 'm-smoe', 'router']),
  },
  router: {
    value: 'RULE',
    about:
      'of a saved model, of every group the row of the most used expert stays (dominant), or all rows stay, and experts are equal (keep); default: dominant',
    read: oneOf(['dominant', 'keep']),
  },
  layer: layerOption,
  'no-align': {
    about:
      'of a checkpoint, leaves hidden units in their order: aligning takes time with the third power of their number',
  },
};

/** `moe merge`: groups of experts become one each, in a saved model or a checkpoint. */
export const merge: Command = surgeryCommand<typeof options>({
  name: 'merge',
  needs: 'to',
  help: `Merges experts of a mixture in groups: hidden units are put in the order in which they are most alike, and
numbers are averaged by how often experts are selected. Of two models of one size the pruned one is usually the better.`,
  options,
  only: { saved: ['layer', 'router'], checkpoint: ['no-align'] },
  operateOnCheckpoint: (model, shared, { by, to, 'no-align': noAlign }) =>
    mergeCheckpoint(model, {
      ...shared,
      to: to!,
      ...(by !== undefined && { by }),
      ...(noAlign && { align: false }),
    }),
  operate: (artifacts, inputs, { by, layer, router, to }) =>
    operateInModel(artifacts, {
      inputs,
      ...(layer !== undefined && { layer }),
      operate: (moe, tokens) =>
        mergeExperts(moe, tokens, {
          to: to!,
          ...(by !== undefined && { by: by as 'm-smoe' }),
          ...(router !== undefined && { router }),
        }),
    }),
});
