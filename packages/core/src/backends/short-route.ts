import type { Gate } from '../gate.ts';
import { SCORE_EXPERTS, SELECT_EXPERTS, TOP_K_MASKS } from '../kernels.ts';
import type { Routing } from '../routing.ts';
import { type HeldParameters, type ShortPlan, type ShortRoute, shortWay } from '../short-way.ts';
import { lazily } from './lazily.ts';
import { type LinearSelection, linearSelection } from './linear-selection.ts';
import { type BesideForm, besideForm } from './served-alike.ts';
import { type DeviceTensor, runOne, type TensorEngine } from './tensors.ts';

type V = DeviceTensor;

/** What is known of a gate that is served. */
interface Served extends LinearSelection<V>, BesideForm {}

const found = new WeakMap<HeldParameters<V>, Served | 'none'>();

function servedBy(
  layer: { readonly gate: Gate; readonly experts: number },
  held: HeldParameters<V>,
  inputDim: number,
): Served | undefined {
  const before = found.get(held);
  if (before !== undefined) return before === 'none' ? undefined : before;
  const selection = linearSelection(layer, held);
  const suits =
    selection && selection.temperature === undefined && !(selection.by === 'scores' && selection.bias);
  // A few features say as much as many, which would take long.
  const beside = suits && besideForm(layer.gate, Math.min(inputDim, 4), layer.experts);
  const served = beside ? { ...selection, ...beside } : undefined;
  found.set(held, served ?? 'none');
  return served;
}

/**
 * Lets layers whose gate is a selection by a linear router route by two kernels, on backends that have them: logits; what
 * is selected, and with which weights. Whatever else a routing has is computed if somebody asks for it.
 */
export function openShortRoute(
  engineOf: () => TensorEngine,
  getKernel: (kernelName: string, backendName: string) => unknown,
): void {
  const route: ShortRoute<V> = (layer, held, { x_TD, seen_TF = x_TD, mask_T1 }, { training, choices }) => {
    const engine = engineOf();
    if (choices || getKernel(SELECT_EXPERTS, engine.backendName) == null) return undefined;
    const [tokens, features] = seen_TF.shape as [number, number];
    const served = servedBy(layer, held, features);
    const observes = served !== undefined && served.counts.length > 0;
    if (served === undefined || (training && (observes || !served.trainsAlike))) return undefined;
    return routed(engine, served, { x: seen_TF, mask: mask_T1, tokens, experts: layer.experts });
  };
  shortWay.route = route;
}

interface Batch {
  readonly x: V;
  readonly mask: V | undefined;
  readonly tokens: number;
  readonly experts: number;
}

function routed(
  engine: TensorEngine,
  { router, bias, selectionBias, perToken, isSigmoid, by, divides, scale, renormalizeAfterDrop }: Served,
  { x, mask, tokens, experts }: Batch,
): { readonly routing: Routing<V>; readonly plan: ShortPlan<V> } {
  const run = (name: string, inputs: Readonly<Record<string, V>>, attributes?: object): V =>
    runOne(engine, name, inputs, attributes);
  const value = (of: V): V => run('Reshape', { x: of }, { shape: [tokens, experts, 1] });
  const table = (of: V): V => run('Reshape', { x: of }, { shape: [tokens, experts] });
  const added = selectionBias?.variable.read();

  const logits_TE = run(SCORE_EXPERTS, {
    x,
    router: router.variable.read(),
    ...(bias && { bias: bias.variable.read() }),
  });
  const [selected_TE, weights_TE] = engine.runKernel(
    SELECT_EXPERTS,
    { logits: logits_TE, ...(added && { selectionBias: added }), ...(mask && { mask }) },
    { k: perToken, isSigmoid, byWeights: by === 'weights', divides, scale },
  ) as [V, V];

  /** The weights of all experts, before they are added up or selected. */
  const dense = (): V =>
    isSigmoid ? run('Sigmoid', { x: logits_TE }) : run('Softmax', { logits: logits_TE }, { dim: 1 });
  function scores(): V {
    if (by !== 'weights') return logits_TE;
    return run('Add', { a: dense(), b: run('Reshape', { x: added! }, { shape: [experts] }) });
  }
  function probabilities(): V {
    if (!isSigmoid) return dense();
    const logs = run('Neg', { x: run('Softplus', { x: run('Neg', { x: logits_TE }) }) });
    return run('Softmax', { logits: logs }, { dim: 1 });
  }
  /** What selection orders by has no gradient. */
  function constant(of: V): V {
    engine.backend.incRef(of.dataId);
    return engine.makeTensorFromTensorInfo({ dataId: of.dataId, shape: of.shape, dtype: of.dtype });
  }
  const choices = (): V[] =>
    engine.runKernel(TOP_K_MASKS, { scores: constant(scores()) }, { k: perToken }) as V[];

  const routing = lazily<Routing<V>>({
    logits: () => value(logits_TE),
    scores: () => value(scores()),
    probabilities: () => value(probabilities()),
    choices: () => choices().map(value),
    weights: () => value(weights_TE),
    renormalizeAfterDrop: () => renormalizeAfterDrop,
  } as never);
  const plan = lazily<ShortPlan<V>>({
    tokens: () => tokens,
    experts: () => experts,
    expertsPerToken: () => perToken,
    logits_TE: () => logits_TE,
    scores_TE: () => table(routing.scores),
    probabilities_TE: () => table(routing.probabilities),
    choices_TE: () =>
      routing.choices.map((choice) =>
        mask ? run('Multiply', { a: table(choice), b: mask }) : table(choice),
      ),
    selected_TE: () => selected_TE,
    weights_TE: () => weights_TE,
    selectsAll: () => false,
    renormalizeAfterDrop: () => renormalizeAfterDrop,
  } as never);
  return { routing, plan };
}
