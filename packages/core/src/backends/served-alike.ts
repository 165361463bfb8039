import { arrayGateOps } from '../array/array-gate-ops.ts';
import { type ArrayValue, arrayInput, arrayParam, tableOf } from '../array/value.ts';
import { MoeError } from '../errors.ts';
import type { Gate } from '../gate.ts';
import { mapNames, type ParamSpecs, paramSize } from '../params.ts';
import type { Routing } from '../routing.ts';
import { stream } from '../stream.ts';

/** What is known of a routing by its form. */
const known: ReadonlySet<string> = new Set([
  ...['logits', 'scores', 'probabilities', 'choices', 'weights'],
  ...['logWeights', 'unnormalized', 'selectsAll', 'renormalizeAfterDrop'],
]);

/** What a gate does besides its form. */
export interface BesideForm {
  /** Whether it routes in training as in evaluation: without noise, and with nothing to observe. */
  readonly trainsAlike: boolean;
  readonly renormalizeAfterDrop: boolean;
}

/**
 * What a form does not say of a gate, found in the gate itself: by one token of noise that it routes in training and in
 * evaluation, as numbers. Undefined where its routing has more than forms have.
 */
export function besideForm(gate: Gate, inputDim: number, experts: number): BesideForm | undefined {
  const draw = stream(1, 'besideForm');
  const drawn = (count: number) => Array.from({ length: count }, draw.normal);
  const x = arrayInput([drawn(inputDim)]);
  const specs: ParamSpecs = gate.params(inputDim, experts);
  const params = mapNames(specs, (spec) =>
    arrayParam(spec, spec.copies, drawn(spec.copies * paramSize(spec))),
  );
  const noiseless = {
    ...arrayGateOps(),
    noise(): never {
      throw new MoeError('besideForm', 'there is no noise');
    },
  };
  const routed = (training: boolean): Routing<ArrayValue> | undefined => {
    try {
      const routing = gate.route(noiseless, x, params, { experts, training });
      return Object.keys(routing).every((name) => known.has(name)) ? routing : undefined;
    } catch {
      return undefined;
    }
  };
  const [served, trained] = [routed(false), routed(true)];
  if (served === undefined) return undefined;
  const numbers = ({ weights, probabilities, logits }: Routing<ArrayValue>) =>
    [weights, probabilities, logits].flatMap((value) => tableOf(value).flat());
  const own = numbers(served);
  return {
    trainsAlike:
      trained !== undefined &&
      gate.update === undefined &&
      (gate.readsBatch ?? 'never') === 'never' &&
      numbers(trained).every((value, i) => Object.is(value, own[i])),
    renormalizeAfterDrop: served.renormalizeAfterDrop ?? false,
  };
}
