import { mergeExperts, operateInModel } from '@tfjs-moe/checkpoints';
import { integer, oneOf } from '@tfjs-moe/command-line';
import { layerOption, surgeryCommand } from '../checkpoint/surgery-command.ts';
import type { Command } from '../command.ts';

const options = {
  to: { value: 'N', about: 'number of groups', read: integer({ min: 1 }) },
  by: {
    value: 'RULE',
    about: 'who is merged: whose outputs are close (hc-smoe), or whose logits are (m-smoe); default: hc-smoe',
    read: oneOf(['hc-smoe', 'm-smoe']),
  },
  router: {
    value: 'RULE',
    about:
      'of every group the row of the most used expert stays (dominant), or all rows stay, and experts are equal (keep); default: dominant',
    read: oneOf(['dominant', 'keep']),
  },
  layer: layerOption,
};

/** `moe merge`: groups of experts become one each, in a saved model. */
export const merge: Command = surgeryCommand<typeof options>({
  name: 'merge',
  needs: 'to',
  help: `Merges experts of a mixture in a saved model in groups: hidden units are put in the order in which they are most alike, and
numbers are averaged by how often experts are selected. Of two models of one size the pruned one is usually the better.`,
  options,
  operate: (artifacts, inputs, { by, layer, router, to }) =>
    operateInModel(artifacts, {
      inputs,
      ...(layer !== undefined && { layer }),
      operate: (moe, tokens) =>
        mergeExperts(moe, tokens, {
          to: to!,
          ...(by !== undefined && { by }),
          ...(router !== undefined && { router }),
        }),
    }),
});
