import { type CompetitiveForm, type Expert, expectExperts, type Gate, type Router } from '@tfjs-moe/core';
import { expectPlugin } from '../measure/expect-plugin.ts';
import { axesOf } from './axes.ts';
import { degreeIn, INPUT, subsets } from './degrees.ts';
import { dependsOnInput, type Expression, parametersIn, within } from './expression.ts';
import { type FeedForward, feedForwardOf, routerLayersOf } from './feed-forward.ts';
import { exponentIn } from './gate-sees.ts';
import { type InputLayer, inputLayersOf, offsetOf } from './input-layers.ts';
import {
  hasLinearLogits,
  type LogWeightsName,
  namesOfLaw,
  type SelectionOrder,
  selectionOrderOf,
  sumsToOne,
} from './law.ts';
import { logitsOf } from './logits.ts';
import { type RecordedGate, recordExpert, recordGate, recordRouter } from './record.ts';
import { gateTraits } from './traits-of.ts';

/** What is seen of a gate's weights in evaluation, whatever form they have. */
export interface GateReading {
  /** Names of the parameters that the weights depend on. Those of noise, for example, are not among them. */
  readonly parameters: readonly string[];
  /** Whether some function within has a kink. */
  readonly hasKinks: boolean;
  /** Whether nothing is compared, so that one formula holds at every input. */
  readonly isDense: boolean;
  /** The logits whose exponentials the weights are shares of, whatever is then selected; nothing of other gates. */
  readonly logits?: Omit<CompetitiveForm, 'selection'>;
  /**
   * Names under which its routing says the logarithms of its weights, up to one number per row; of those that it selects,
   * divided by their sum.
   */
  readonly logWeights: readonly LogWeightsName[];
  /** Whether the logits of its routing are linear in what each expert learns for itself, and in nothing else learned. */
  readonly hasLinearLogits: boolean;
  /** Whether the weights of all experts sum to 1. */
  readonly sumsToOne: boolean;
  /** What it orders experts by, of which it selects the first. */
  readonly order?: SelectionOrder;
  /** The affine maps that the input goes into, where it goes nowhere else. */
  readonly inputLayers?: readonly InputLayer[];
  /** Parameters whose first axis is that of the inputs: kernels and vectors that these are multiplied with. */
  readonly onInputs: readonly string[];
}

/** What is seen of an expert's output, whatever form it has. */
export interface ExpertReading {
  readonly hasKinks: boolean;
  /** Whether the output depends on the input, but not on its length: guards of floating point are left out. */
  readonly isOfDirection: boolean;
  /** The affine maps that the input goes into, where it goes nowhere else. */
  readonly inputLayers?: readonly InputLayer[];
  /** Parameters whose first axis is that of the inputs: kernels and vectors that these are multiplied with. */
  readonly onInputs: readonly string[];
  /** The parameter that is added to the output, and has no other part in it. */
  readonly offset?: string;
  /** Parameters whose common factor, above 0, is one of the output: the fewest, nearest to the output. */
  readonly factor: readonly string[];
  /** Parameters whose last axis is that of the outputs: one number, or column, for each output. */
  readonly ofOutputs: readonly string[];
  /** Its layers, where it is made of affine maps and one activation. */
  readonly layers?: FeedForward;
}

/** What is seen of a router's score, whatever form it has. */
export interface RouterReading {
  /** Its layers, where it is made of affine maps, one activation between them and perhaps one at the end. */
  readonly layers?: FeedForward;
}

const gatesRead = new WeakMap<Gate, Map<number, GateReading | undefined>>();
const expertsRead = new WeakMap<Expert, { readonly reading: ExpertReading | undefined }>();

/** A gate's weights as they are read for so many experts; nothing where they cannot be read. */
export function readGate(gate: Gate, experts: number): GateReading | undefined {
  expectPlugin('readGate', 'gate', gate);
  expectExperts('readGate', 'experts', experts);
  const known = gatesRead.get(gate) ?? new Map<number, GateReading | undefined>();
  gatesRead.set(gate, known);
  if (!known.has(experts)) known.set(experts, gateReading(gate, experts));
  return known.get(experts);
}

function gateReading(gate: Gate, experts: number): GateReading | undefined {
  const recorded = recordGate(gate, experts);
  if (recorded === undefined) return undefined;
  const { weights } = recorded.routing;
  const inside = within(weights);
  const logits = exponentsOf(gate, recorded);
  return {
    parameters: parametersIn(weights),
    hasKinks: hasKinks(inside),
    isDense: !inside.some(({ operation }) => operation === 'rank' || operation === 'greater'),
    ...(logits && { logits }),
    logWeights: namesOfLaw(recorded),
    hasLinearLogits: hasLinearLogits(recorded),
    sumsToOne: sumsToOne(recorded, gateTraits(gate, experts).form),
    ...optional('order', selectionOrderOf(recorded)),
    ...optional('inputLayers', inputLayersOf(weights, recorded.specs)),
    onInputs: onInputs(recorded.routing.logits),
  };
}

/** An expert's output as it is read; nothing where it cannot be read. */
export function readExpert(expert: Expert): ExpertReading | undefined {
  expectPlugin('readExpert', 'expert', expert);
  const known = expertsRead.get(expert) ?? { reading: expertReading(expert) };
  expertsRead.set(expert, known);
  return known.reading;
}

function expertReading(expert: Expert): ExpertReading | undefined {
  const recorded = recordExpert(expert);
  if (recorded === undefined) return undefined;
  const { expression } = recorded;
  const layers = feedForwardOf(recorded);
  return {
    hasKinks: hasKinks(within(expression)),
    isOfDirection: dependsOnInput(expression) && degreeIn(expression, new Set([INPUT])) === 0,
    ...(layers && { layers }),
    ...optional('inputLayers', inputLayersOf(expression, recorded.specs)),
    onInputs: onInputs(expression),
    ...optional('offset', offsetOf(expression)),
    factor:
      subsets(Object.keys(recorded.specs)).find((some) => degreeIn(expression, new Set(some)) === 1) ?? [],
    ofOutputs: axesOf(expression).find(({ isOutput }) => isOutput)?.incoming ?? [],
  };
}

/** A router's score as it is read; nothing where it cannot be read. */
export function readRouter(router: Router): RouterReading | undefined {
  expectPlugin('readRouter', 'router', router);
  const recorded = recordRouter(router);
  const layers = recorded && routerLayersOf(recorded);
  return recorded && { ...(layers && { layers }) };
}

const hasKinks = (inside: readonly Expression[]) =>
  inside.some(({ operation, name }) => operation === 'activation' && name === 'relu');

function exponentsOf(gate: Gate, recorded: RecordedGate): GateReading['logits'] | undefined {
  const { form } = gateTraits(gate, recorded.experts);
  if (form?.type === 'competitive') {
    const { selection, ...logits } = form;
    return logits;
  }
  if (form !== undefined) return undefined;
  const only = exponentIn(recorded.routing.weights);
  if (only === undefined) return undefined;
  const found = logitsOf(recorded, only, gate.router, true, 1);
  return found && { type: 'competitive', ...found.form };
}

function optional<K extends string, T>(name: K, value: T | undefined): { readonly [key in K]?: T } {
  return (value === undefined ? {} : { [name]: value }) as { readonly [key in K]?: T };
}

function onInputs(expression: Expression): readonly string[] {
  return axesOf(expression).find(({ isInput }) => isInput)?.outgoing ?? [];
}
