import { engine, getBackend, getKernel, type Tensor } from '@tensorflow/tfjs-core';
import { type HeldParameters, type ShortWay, type ShortWayLayer, shortWay } from '@tfjs-moe/core';
import { besideForm, type LinearSelection, linearSelection } from '@tfjs-moe/core/backends';
import { FORWARD, type ForwardAttributes, type Instruction } from '../kernels/forward.ts';
import { differentiable, type Named } from './differentiable.ts';
import { expertProgram } from './expert-program.ts';
import { temperatureOf } from './temperature.ts';

interface Served {
  readonly selection: LinearSelection<Tensor>;
  readonly program: readonly Instruction[];
  /** Names of the parameters of the experts. */
  readonly names: readonly string[];
  /** Whether its gradient is known: a temperature has none here, nor has a parameter that is used twice. */
  readonly hasGradient: boolean;
  /** Whether it computes the same in training. */
  readonly trainsAlike: boolean;
}

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
  const served = selection &&
    program &&
    names && {
      ...{ selection, program, names },
      hasGradient: selection.temperature === undefined && new Set(names).size === names.length,
      trainsAlike:
        !layer.extensions?.dropout &&
        !layer.balance?.length &&
        besideForm(layer.gate, inputDim, layer.experts)?.trainsAlike === true,
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
  const { selection, program, names } = served;
  const { router, bias, selectionBias, temperature, by, ...rest } = selection;
  const { bank, recordRouting } = layer;
  const { stored } = bank;
  const learned: Record<string, Tensor> = { x: x_TD, router: router.variable.read() };
  if (bias) learned.bias = bias.variable.read();
  for (const name of names) learned[`expert/${name}`] = stored[name]!.variable.read();
  const constants: Named = {
    ...(selectionBias && { selectionBias: selectionBias.variable.read() }),
    ...(mask_T1 && { mask: mask_T1 }),
  };
  const attributes: ForwardAttributes = {
    ...rest,
    by: orders.indexOf(by),
    temperature: temperature ? temperatureOf(temperature) : 0,
    metrics: recordRouting,
    program,
  };
  const [y_TU, numbers] = onTape
    ? (differentiable(learned, constants, attributes) ?? [])
    : (engine().runKernel(FORWARD, { ...learned, ...constants }, attributes as never) as Tensor[]);
  if (y_TU === undefined) return undefined;
  const finished = bank.finish?.(y_TU, tokens, training) ?? y_TU;
  return numbers === undefined ? [finished] : [finished, numbers];
};

/** Lets layers take the short way. */
export function openShortWay(): void {
  shortWay.take = take;
}

/** Lets them compose again. */
export function closeShortWay(): void {
  if (shortWay.take === take) shortWay.take = undefined;
}
