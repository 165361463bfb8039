import { engine, getBackend, type Tensor } from '@tensorflow/tfjs-core';
import {
  type BalanceLoss,
  type HeldParameter,
  type HeldParameters,
  type ShortWay,
  type ShortWayLayer,
  type ShortWayTokens,
  shortWay,
} from '@tfjs-moe/core';
import { besideForm, type LinearSelection, linearSelection } from '@tfjs-moe/core/backends';
import type { Formula } from '../kernels/formula.ts';
import { FORWARD, type ForwardAttributes, type Instruction } from '../kernels/forward.ts';
import { type Answer, differentiable, type Named } from './differentiable.ts';
import { expertProgram } from './expert-program.ts';
import { lossFormula } from './loss-formula.ts';
import { temperatureOf } from './temperature.ts';

interface Served {
  readonly selection: LinearSelection<Tensor>;
  /** What has a gradient besides x. */
  readonly learned: Read;
  /** What has none. */
  readonly constants: Read;
  /** What every call is told, and all that most calls are, without the metrics and with them. */
  readonly attributes: ForwardAttributes;
  readonly withMetrics: ForwardAttributes;
  /** Whether its gradient is known: a temperature has none here, nor has a parameter that is used twice. */
  readonly hasGradient: boolean;
  /** Whether it computes the same in training. */
  readonly trainsAlike: boolean;
  /** Names under which its gate observes the tokens of each expert. */
  readonly counts: readonly string[];
  /** Of its balance losses, where there are any. */
  readonly formula: Formula | undefined;
}

/** Parameters by the names under which the kernels read them. */
interface Read {
  readonly parameters: readonly (readonly [name: string, parameter: HeldParameter<Tensor>])[];
  /** As they were read last: nearly always the same variables, and a new list of them takes a microsecond. */
  tensors: Named;
}

/** Most numbers of a table that balance losses look at here: beyond, what composes them is faster. */
const MOST_CELLS = 1 << 18;

/** What experts are ordered by, in the order in which assembly/route.ts numbers it. */
const orders = ['logits', 'scores', 'weights'];

/** What was found of each layer, by the parameters of its gate. */
const known = new WeakMap<HeldParameters<Tensor>, Served | 'none'>();

function servedBy(
  layer: ShortWayLayer<Tensor>,
  gateParams: HeldParameters<Tensor>,
  inputDim: number,
): Served | undefined {
  const before = known.get(gateParams);
  if (before !== undefined) return before === 'none' ? undefined : before;
  const { dispatch, capacityOf, weightAt, nonFinite } = layer;
  const isOrdinary =
    dispatch === 'auto' && capacityOf === undefined && weightAt === 'output' && nonFinite === 'pass';
  const selection = isOrdinary ? linearSelection(layer, gateParams) : undefined;
  const program = selection && expertProgram(layer, inputDim);
  const names = program?.flatMap(({ kernel, bias }) => [kernel ?? [], bias ?? []].flat());
  const attributes = selection && program && attributesOf(selection, program);
  const losses = layer.balance ?? [];
  const formula =
    selection && losses.length > 0
      ? lossFormula({ losses: losses as readonly BalanceLoss[], experts: layer.experts, selection })
      : undefined;
  const beside = selection && besideForm(layer.gate, inputDim, layer.experts);
  const served = selection &&
    beside &&
    attributes &&
    names && {
      ...{ selection, formula, counts: beside.counts, attributes },
      withMetrics: { ...attributes, metrics: true },
      learned: reading([
        ['router', selection.router],
        ['bias', selection.bias],
        ...names.map((name) => [name, layer.bank.stored[name.slice('expert/'.length)]] as const),
      ]),
      constants: reading([['selectionBias', selection.selectionBias]]),
      hasGradient: selection.temperature === undefined && new Set(names).size === names.length,
      trainsAlike:
        !layer.extensions?.dropout && (losses.length === 0 || formula !== undefined) && beside.trainsAlike,
    };
  known.set(gateParams, served ?? 'none');
  return served;
}

/**
 * Layers whose gate is a selection by a linear router and whose experts are affine maps: one kernel of tfjs in place of some
 * fifty, and on the tape one forward and one back in place of some hundred and fifty.
 */
const take: ShortWay<Tensor> = (layer, gateParams, tokens, training) => {
  const { x_TD, mask_T1, seen_TF } = tokens;
  if (getBackend() !== 'wasm' || seen_TF !== undefined) return undefined;
  const served = servedBy(layer, gateParams, x_TD.shape[1]!);
  if (served === undefined) return undefined;
  const onTape = engine().isTapeOn();
  if ((onTape && !served.hasGradient) || (training && !served.trainsAlike)) return undefined;
  const loss = training ? lossOf(served, layer, tokens) : undefined;
  if (loss === 'none') return undefined;
  const { counts } = served;
  const { temperature } = served.selection;
  const ordinary = layer.recordRouting ? served.withMetrics : served.attributes;
  const attributes =
    temperature || loss
      ? { ...ordinary, temperature: temperature ? temperatureOf(temperature) : 0, loss }
      : ordinary;
  const constants = mask_T1 ? { ...tensorsOf(served.constants), mask: mask_T1 } : tensorsOf(served.constants);
  const answer =
    onTape || loss
      ? differentiable({ x: x_TD, ...tensorsOf(served.learned) }, constants, {
          ...attributes,
          counts: training && onTape && counts.length > 0,
        })
      : evaluated({ ...tensorsOf(served.learned), ...constants, x: x_TD }, attributes);
  if (answer === undefined) return undefined;
  const { y, metrics } = answer;
  const observed = answer.counts && Object.fromEntries(counts.map((name) => [name, answer.counts!]));
  return [layer.bank.finish?.(y, tokens, training) ?? y, metrics, answer.loss, observed];
};

function attributesOf(
  { perToken, isSigmoid, by, divides, scale }: LinearSelection<Tensor>,
  program: readonly Instruction[],
): ForwardAttributes {
  return {
    ...{ perToken, isSigmoid, by: orders.indexOf(by), divides, scale, program },
    ...{ temperature: 0, metrics: false, loss: undefined },
  };
}

/** A list of those that there are. */
function reading(
  parameters: readonly (readonly [name: string, parameter: HeldParameter<Tensor> | undefined])[],
): Read {
  return { parameters: parameters.filter(([, parameter]) => parameter) as Read['parameters'], tensors: {} };
}

function tensorsOf(read: Read): Named {
  const { parameters, tensors } = read;
  if (parameters.some(([name, { variable }]) => variable.read() !== tensors[name]))
    read.tensors = Object.fromEntries(parameters.map(([name, { variable }]) => [name, variable.read()]));
  return read.tensors;
}

function evaluated(inputs: Named, attributes: ForwardAttributes): Answer | undefined {
  const [y, metrics] = engine().runKernel(FORWARD, inputs, attributes as never) as Tensor[];
  return y && { y, metrics, loss: undefined, counts: undefined };
}

/** What the kernels are told of the balance losses; `'none'` where they are to be composed. */
function lossOf(
  { formula }: Served,
  { experts }: ShortWayLayer<Tensor>,
  { x_TD, outer }: ShortWayTokens<Tensor>,
): ForwardAttributes['loss'] | 'none' {
  if (formula === undefined) return undefined;
  const sequences = outer.length > 1 ? outer[0] : undefined;
  const isAsked = formula.steps.some(({ inSequences }) => inSequences);
  if (x_TD.shape[0]! * experts > MOST_CELLS || (isAsked && sequences === undefined)) return 'none';
  return { formula, sequences: sequences ?? 1 };
}

/** Lets layers take the short way. */
export function openShortWay(): void {
  shortWay.take = take;
}

/** Lets them compose again. */
export function closeShortWay(): void {
  if (shortWay.take === take) shortWay.take = undefined;
}
