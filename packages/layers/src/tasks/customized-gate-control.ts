import * as tf from '@tensorflow/tfjs-core';
import { expectBoolean, expectExperts, expectKnownOptions, MoeError } from '@tfjs-moe/core';
import type { Structure } from './structure.ts';
import { TaskMixture } from './task-mixture.ts';
import { taskNames } from './task-names.ts';
import { expectTaskOptions, structureOf, type TaskArgs } from './task-settings.ts';

/** Options of `customizedGateControl`: those of `mixtureOfExperts`, and whose experts there are. */
export interface CustomizedGateControlArgs<
  GateKind extends string = string,
  ExpertKind extends string = string,
  LossKind extends string = string,
> extends Omit<TaskArgs<GateKind, ExpertKind, LossKind>, 'capacity'> {
  /** How many experts each task has of its own, and how many all tasks share. */
  experts: { readonly own: number; readonly shared: number };
  /**
   * Whether there is a gate over all experts, with an output behind those of the tasks: what the shared experts of a next
   * level see. Default false, as in the last level.
   */
  sharedGate?: boolean;
}

/** What is neither of one task nor of the other. */
const SHARED = 'shared';

/**
 * Customized gate control (CGC): every task n has experts of its own and a gate over these and the shared ones,
 * $y^{(n)} = \sum_{e \in \mathcal E_n \cup \mathcal E_s} w^{(n)}_e(x)\, h_e(x)$. Levels of it, one behind the other, are
 * progressive layered extraction (PLE).
 */
export class CustomizedGateControl extends TaskMixture {
  /** @nocollapse */
  static className = 'CustomizedGateControl';

  /** Names of the tasks, in the order of the outputs. */
  readonly tasks: readonly string[];
  /** Whether the last output is that of a gate over all experts. */
  readonly sharedGate: boolean;

  constructor(args: CustomizedGateControlArgs) {
    super(args as TaskArgs, readOptions as (args: TaskArgs) => Structure);
    this.tasks = this.structure.inputs.slice(0, -1);
    this.sharedGate = this.structure.gates.length > this.tasks.length;
  }

  override getConfig(): tf.serialization.ConfigDict {
    const { banks } = this.structure;
    return {
      ...super.getConfig(),
      experts: { own: banks[0]!.experts, shared: banks.at(-1)!.experts },
      tasks: this.tasks.map((name) => ({ name })),
      sharedGate: this.sharedGate,
    };
  }
}

tf.serialization.registerClass(CustomizedGateControl);

function readOptions(args: CustomizedGateControlArgs): Structure {
  const who = (args?.name as string | undefined) || 'customizedGateControl';
  const options = ['tasks', 'sharedGate'];
  expectTaskOptions(who, args, options);
  const names = taskNames(who, args.tasks, [SHARED]);
  expectKnownOptions(`${who}: experts`, args.experts, ['own', 'shared']);
  const own = expectExperts(who, 'experts.own', args.experts.own);
  const shared = expectExperts(who, 'experts.shared', args.experts.shared);
  const sharedGate = expectBoolean(who, 'sharedGate', args.sharedGate ?? false);
  const { capacity } = args as TaskArgs;
  if (capacity != null)
    throw new MoeError(
      who,
      'capacity must be left out: what fits into an expert depends on who sees it',
      capacity,
    );
  const last = names.length;
  const all = [...names, SHARED];
  const gates = names.map((name, task) => ({ name, banks: [task, last], input: task }));
  const structure = structureOf(
    who,
    args as TaskArgs,
    options,
    sharedGate ? [...gates, { name: SHARED, banks: all.map((_, bank) => bank), input: last }] : gates,
    all.map((path, bank) => ({ path, experts: bank === last ? shared : own, input: bank })),
  );
  if (structure.sides !== undefined)
    throw new MoeError(who, 'gates must need the tokens alone', Object.keys(structure.sides));
  return { ...structure, inputs: all };
}

/**
 * Customized gate control: experts of every task beside shared ones, and one gate and one output per task over its own and
 * the shared ones (Tang et al., "Progressive Layered Extraction (PLE): A Novel Multi-Task Learning Model for Personalized
 * Recommendations", 2020).
 *
 * For tasks that harm each other where they share all (then MMoE seesaws). A gate sees its own experts first, then the
 * shared ones; the shared gate those of every task in turn, then the shared ones. Weights are named `gate/TASK/...`,
 * `expert/TASK/...` and `expert/shared/...`.
 *
 * Levels stack: the first takes one input, and with `sharedGate` it returns what the next takes, one for each task and one
 * for the shared experts.
 * @throws MoeError where an option is none, or a gate needs more than the tokens
 * @example
 * const options = { tasks: 2, experts: { own: 2, shared: 2 }, gate: softmax(), expert: ffn({ hiddenUnits: 16 }), units: 8 };
 * const first = customizedGateControl({ ...options, sharedGate: true }).apply(x);
 * const [clicks, sales] = customizedGateControl(options).apply(first);
 */
export function customizedGateControl<
  const GateKind extends string,
  const ExpertKind extends string,
  const LossKind extends string,
>(args: CustomizedGateControlArgs<GateKind, ExpertKind, LossKind>): CustomizedGateControl {
  return new CustomizedGateControl(args as never);
}
