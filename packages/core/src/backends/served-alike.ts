import { arrayGateOps } from '../array/array-gate-ops.ts';
import { type ArrayValue, arrayInput, arrayParam, tableOf } from '../array/value.ts';
import { MoeError } from '../errors.ts';
import type { Gate } from '../gate.ts';
import { mapNames, type ParamSpecs, paramSize } from '../params.ts';
import type { Routing } from '../routing.ts';
import { stream } from '../stream.ts';
import { selectionRouting } from './selection-routing.ts';

/** What is known of a routing by its form. */
const known: ReadonlySet<string> = new Set([
  ...['logits', 'scores', 'probabilities', 'choices', 'weights'],
  ...['logWeights', 'unnormalized', 'selectsAll', 'renormalizeAfterDrop'],
]);

/** What a gate does besides its form. */
export interface BesideForm {
  /** Whether it routes in training as in evaluation: without noise, and with nothing to observe but counts. */
  readonly trainsAlike: boolean;
  /** Names under which it observes in training how many tokens each expert has, padding left out: [1, E, 1]. */
  readonly counts: readonly string[];
  readonly renormalizeAfterDrop: boolean;
}

/** Of numbers around 1. */
const ROUNDING = 1e-9;

/** Tokens that a gate is tried on, and which of them are padding. */
const MASK = [1, 1, 0, 1, 1, 1, 0];

/**
 * What a form does not say of a gate, found in the gate itself: by a few tokens of noise that it routes in training and in
 * evaluation, as numbers. Undefined where its routing has more than forms have, or is not that of the form that it declares.
 */
export function besideForm(gate: Gate, inputDim: number, experts: number): BesideForm | undefined {
  const draw = stream(1, 'besideForm');
  const drawn = (count: number) => Array.from({ length: count }, draw.normal);
  const rows = MASK.map(() => drawn(inputDim));
  const x = arrayInput(rows);
  const specs: ParamSpecs = gate.params(inputDim, experts);
  const form = gate.traits?.form;
  const temperature = form?.type === 'competitive' ? form.temperature : undefined;
  const params = mapNames(specs, (spec, name) => {
    const values = drawn(spec.copies * paramSize(spec));
    // A gate keeps its temperature away from 0.
    return arrayParam(spec, spec.copies, name === temperature ? values.map((v) => 1 + Math.abs(v)) : values);
  });
  const noiseless = {
    ...arrayGateOps({ mask: MASK }),
    noise(): never {
      throw new MoeError('besideForm', 'there is no noise');
    },
  };
  const routed = (training: boolean): Routing<ArrayValue> | undefined => {
    try {
      const routing = gate.route(noiseless, x, params, { experts, training });
      const isKnown = (name: string) => known.has(name) || (training && name === 'observed');
      return Object.keys(routing).every(isKnown) ? routing : undefined;
    } catch {
      return undefined;
    }
  };
  const [served, trained] = [routed(false), routed(true)];
  if (served === undefined || !isOfForm(gate, served, { rows, params, experts })) return undefined;
  const numbers = ({ weights, probabilities, logits }: Routing<ArrayValue>) =>
    [weights, probabilities, logits].flatMap((value) => tableOf(value).flat());
  const own = numbers(served);
  const observed = Object.entries(trained?.observed ?? {});
  const counted = JSON.stringify(countsOf(served));
  const counts = observed.filter(([, value]) => JSON.stringify(tableOf(value).flat()) === counted);
  return {
    counts: counts.map(([name]) => name),
    trainsAlike:
      trained !== undefined &&
      counts.length === observed.length &&
      (gate.update === undefined || counts.length > 0) &&
      (gate.readsBatch ?? 'never') === 'never' &&
      numbers(trained).every((value, i) => Object.is(value, own[i])),
    renormalizeAfterDrop: served.renormalizeAfterDrop ?? false,
  };
}

interface Tried {
  readonly rows: readonly (readonly number[])[];
  readonly params: Readonly<Record<string, ArrayValue>>;
  readonly experts: number;
}

/** Whether a gate that declares a selection by a linear router routes as kernels would, rounding aside. */
function isOfForm({ traits }: Gate, routing: Routing<ArrayValue>, { rows, params, experts }: Tried): boolean {
  const form = traits?.form;
  if (form === undefined || form.type === 'hierarchical') return true;
  const numbers = mapNames(params, ({ data }) => data);
  const said = selectionRouting(form, numbers, rows, experts);
  if (said === undefined) return true;
  return (['logits', 'probabilities', 'weights'] as const).every((name) => {
    const own = tableOf(routing[name]).flat();
    return said[name].flat().every((value, i) => Math.abs(value - own[i]!) <= ROUNDING);
  });
}

/** How many of the tokens that are no padding each expert has. */
function countsOf({ choices }: Routing<ArrayValue>): number[] {
  const selected = choices.map((choice) => tableOf(choice));
  return selected[0]![0]!.map((_, e) =>
    selected.reduce(
      (sum, table) => sum + MASK.reduce((own, counts, t) => own + counts * table[t]![e]!, 0),
      0,
    ),
  );
}
