import type { LayersModel, layers } from '@tensorflow/tfjs-layers';
import { type Gate, limits, MoeError } from '@tfjs-moe/core';
import { ExpertLayer } from '../expert-layer.ts';
import type { MixtureOfExperts } from '../mixture-of-experts.ts';
import type { RoutingMetrics } from '../routing-metrics.ts';
import type { TaskMixture } from '../tasks/task-mixture.ts';
import { layerNames } from '../trace/layer-names.ts';

/**
 * What callbacks watch: a layer with one gate or several, or a model or a wrapper, such as `timeDistributed`, in which such
 * layers lie, however deep.
 */
export type Watchable =
  | MixtureOfExperts
  | TaskMixture
  | LayersModel
  | (layers.Layer & { readonly layer: layers.Layer });

/** One gate of a layer. */
export interface WatchedGate {
  /** Name of the layer; of a layer with several gates, `layer/task`; a second one of a name is `name#2`. */
  readonly name: string;
  readonly gate: Gate;
  readonly experts: number;
  /** Whether the optimiser moves the gate. */
  readonly learns: () => boolean;
  /** Routing of the last training batch, once all numbers have arrived. */
  readonly latest: () => Promise<RoutingMetrics | null>;
  /** Routing of the last training batch, as far as it is known. */
  readonly known: () => RoutingMetrics | null;
  readonly set: (parameter: string, value: number) => void;
  readonly records: boolean;
}

/**
 * The gates of all mixtures in what a callback is given, each once, in the order in which they lie there.
 * @throws MoeError where there is none
 */
export function watchedGates(who: string, given: Watchable | readonly Watchable[]): readonly WatchedGate[] {
  const found = new Set<ExpertLayer>();
  const all = [given].flat() as readonly Watchable[];
  for (const each of all) {
    const before = found.size;
    collect(each, found, 0);
    if (found.size === before && !found.has(each as ExpertLayer))
      throw new MoeError(
        who,
        'layer must be a MixtureOfExperts layer, one with several tasks, a model with such layers, or several',
        each,
      );
  }
  if (found.size === 0) throw new MoeError(who, 'there must be a layer to watch', given);
  const nameOf = layerNames();
  return [...found].flatMap(gatesOf).map((each) => ({ ...each, name: nameOf(each) }));
}

/** The same, of layers that record their routing. */
export function recordedGates(who: string, given: Watchable | readonly Watchable[]): readonly WatchedGate[] {
  const gates = watchedGates(who, given);
  const silent = gates.find(({ records }) => !records);
  if (silent === undefined) return gates;
  throw new MoeError(
    who,
    'layer must record its routing, so not be made with recordRouting: false',
    silent.name,
  );
}

interface Holder {
  readonly layers?: readonly layers.Layer[];
  readonly layer?: layers.Layer;
}

function collect(given: unknown, found: Set<ExpertLayer>, depth: number): void {
  // Layers that hold each other would go on forever.
  if (typeof given !== 'object' || given === null || depth > limits.nesting) return;
  if (given instanceof ExpertLayer) found.add(given);
  const { layers: inside = [], layer } = given as Holder;
  const children = given instanceof ExpertLayer ? given.children : [];
  for (const each of [...inside, ...(layer === undefined ? [] : [layer]), ...children])
    collect(each, found, depth + 1);
}

function gatesOf(layer: ExpertLayer): readonly WatchedGate[] {
  const records = layer.getConfig().recordRouting !== false;
  const learns = () => layer.trainableGate;
  if (!('gates' in layer)) {
    const one = layer as MixtureOfExperts;
    const { experts } = one.getConfig() as { readonly experts: number };
    return [
      {
        name: one.name,
        gate: one.gate,
        experts,
        learns,
        records,
        known: () => one.trainingRoutingMetrics,
        async latest() {
          await one.routingSettled();
          return one.trainingRoutingMetrics;
        },
        set: (parameter, value) => one.setGateParameter(parameter, value),
      },
    ];
  }
  const several = layer as TaskMixture;
  return Object.entries(several.gates).map(([task, { gate, experts }]) => ({
    name: `${several.name}/${task}`,
    gate,
    experts,
    learns,
    records,
    known: () => several.trainingRoutingMetrics[task] ?? null,
    async latest() {
      await several.routingSettled();
      return several.trainingRoutingMetrics[task] ?? null;
    },
    set: (parameter, value) => several.setGateParameter(`${task}/${parameter}`, value),
  }));
}
