import { engine, getBackend, getKernel, type Tensor } from '@tensorflow/tfjs-core';
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
  readonly program: readonly Instruction[];
  /** What has a gradient besides x, by the names under which the kernels read it. */
  readonly learned: readonly (readonly [name: string, parameter: HeldParameter<Tensor>])[];
  /** What every call is told. */
  readonly attributes: Omit<ForwardAttributes, 'temperature' | 'metrics' | 'loss'>;
  /** Whether its gradient is known: a temperature has none here, nor has a parameter that is used twice. */
  readonly hasGradient: boolean;
  /** Whether it computes the same in training. */
  readonly trainsAlike: boolean;
  /** Names under which its gate observes the tokens of each expert. */
  readonly counts: readonly string[];
  /** Of its balance losses, where there are any. */
  readonly formula: Formula | undefined;
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
  const losses = layer.balance ?? [];
  const formula =
    selection && losses.length > 0
      ? lossFormula({ losses: losses as readonly BalanceLoss[], experts: layer.experts, selection })
      : undefined;
  const beside = selection && besideForm(layer.gate, inputDim, layer.experts);
  const served = selection &&
    beside &&
    program &&
    names && {
      ...{ selection, program, formula, counts: beside.counts },
      learned: [
        ['router', selection.router] as const,
        ...(selection.bias ? [['bias', selection.bias] as const] : []),
        ...names.map((name) => [`expert/${name}`, layer.bank.stored[name]!] as const),
      ],
      attributes: attributesOf(selection, program),
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
  if (served === undefined || getKernel(FORWARD, 'wasm') === undefined) return undefined;
  const onTape = engine().isTapeOn();
  if ((onTape && !served.hasGradient) || (training && !served.trainsAlike)) return undefined;
  const loss = training ? lossOf(served, layer, tokens) : undefined;
  if (loss === 'none') return undefined;
  const { counts, selection } = served;
  const { selectionBias, temperature } = selection;
  const learned: Record<string, Tensor> = { x: x_TD };
  for (const [name, { variable }] of served.learned) learned[name] = variable.read();
  const constants: Record<string, Tensor> = {};
  if (selectionBias) constants.selectionBias = selectionBias.variable.read();
  if (mask_T1) constants.mask = mask_T1;
  const attributes: ForwardAttributes = {
    ...served.attributes,
    temperature: temperature ? temperatureOf(temperature) : 0,
    metrics: layer.recordRouting,
    loss,
  };
  const answer =
    onTape || loss
      ? differentiable(learned, constants, { ...attributes, counts: training && onTape && counts.length > 0 })
      : evaluated({ ...learned, ...constants }, attributes);
  if (answer === undefined) return undefined;
  const { y, metrics } = answer;
  const observed = answer.counts && Object.fromEntries(counts.map((name) => [name, answer.counts!]));
  return [layer.bank.finish?.(y, tokens, training) ?? y, metrics, answer.loss, observed];
};

function attributesOf(
  { perToken, isSigmoid, by, divides, scale }: LinearSelection<Tensor>,
  program: readonly Instruction[],
): Served['attributes'] {
  return { perToken, isSigmoid, by: orders.indexOf(by), divides, scale, program };
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
