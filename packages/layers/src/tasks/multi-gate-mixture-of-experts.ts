import * as tf from '@tensorflow/tfjs-core';
import { expectExperts } from '@tfjs-moe/core';
import { TaskMixture } from './task-mixture.ts';
import { taskNames } from './task-names.ts';
import { expectTaskOptions, structureOf, type TaskArgs } from './task-settings.ts';

/** Options of `multiGateMixtureOfExperts`: those of `mixtureOfExperts`, and the tasks. */
export interface MultiGateMixtureOfExpertsArgs<
  GateKind extends string = string,
  ExpertKind extends string = string,
  LossKind extends string = string,
> extends TaskArgs<GateKind, ExpertKind, LossKind> {
  /** Number of experts E, which all tasks share. */
  experts: number;
}

/**
 * The multi-gate mixture of experts (MMoE), $y^{(n)} = \sum_e w^{(n)}_e(x)\, h_e(x)$: every task n has a gate of its own over
 * the same experts, and an output of its own [..., U].
 *
 * Experts are computed once, on every token that any task sends them. Balance losses are added up over the tasks.
 */
export class MultiGateMixtureOfExperts extends TaskMixture {
  /** @nocollapse */
  static className = 'MultiGateMixtureOfExperts';

  /** Names of the tasks, in the order of the outputs. */
  readonly tasks: readonly string[];

  constructor(args: MultiGateMixtureOfExpertsArgs) {
    super(args, readOptions as (args: TaskArgs) => ReturnType<typeof readOptions>);
    this.tasks = this.structure.gates.map(({ name }) => name);
  }

  override getConfig(): tf.serialization.ConfigDict {
    return {
      ...super.getConfig(),
      experts: this.structure.banks[0]!.experts,
      tasks: this.tasks.map((name) => ({ name })),
    };
  }
}

tf.serialization.registerClass(MultiGateMixtureOfExperts);

function readOptions(args: MultiGateMixtureOfExpertsArgs): ReturnType<typeof structureOf> {
  const who = (args?.name as string | undefined) || 'multiGateMixtureOfExperts';
  const options = ['tasks'];
  expectTaskOptions(who, args, options);
  const names = taskNames(who, args.tasks);
  const experts = expectExperts(who, 'experts', args.experts);
  return structureOf(
    who,
    args,
    options,
    names.map((name) => ({ name, banks: [0], input: 0 })),
    [{ path: '', experts, input: 0 }],
  );
}

/**
 * A multi-gate mixture of experts: one gate, and one output, for each task over the same experts (Ma et al., "Modeling Task
 * Relationships in Multi-task Learning with Multi-gate Mixture-of-Experts", 2018).
 *
 * For models with several targets, which may be related or not: each task finds its own blend of what the experts offer.
 * With one task it is `mixtureOfExperts` of the same seed. Weights are named `gate/TASK/...` and `expert/...`.
 *
 * `apply` returns a list with one tensor for each task, so it stands in functional models.
 * @throws MoeError where an option is none, tasks share a name, or a gate mixes tokens
 * @example
 * const [clicks, sales] = multiGateMixtureOfExperts({
 *   tasks: ['clicks', 'sales'], experts: 8, gate: softmax(), expert: ffn({ hiddenUnits: 32 }), units: 16,
 * }).apply(x)
 */
export function multiGateMixtureOfExperts<
  const GateKind extends string,
  const ExpertKind extends string,
  const LossKind extends string,
>(args: MultiGateMixtureOfExpertsArgs<GateKind, ExpertKind, LossKind>): MultiGateMixtureOfExperts {
  return new MultiGateMixtureOfExperts(args as never);
}
