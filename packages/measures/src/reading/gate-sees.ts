import type { GateForm, Router } from '@tfjs-moe/core';
import { type Expression, factorsOf, within } from './expression.ts';
import { denseFormOf, type LeftOut } from './gate-form.ts';
import { isMask } from './properties.ts';
import type { RecordedGate } from './record.ts';
import { ordering } from './shares.ts';

/**
 * The form of a gate that sees as much of the parameters: what is left of the weights without their selections, where these
 * go by the weights, or by the order of the logits. Nothing where a parameter acts in another way.
 */
export function gateSees(recorded: RecordedGate, router: Router | undefined): GateForm | undefined {
  const leftOut: LeftOut = { masks: [], logits: [], runs: new Set() };
  const form = denseFormOf(recorded, router, leftOut);
  return form && leftOut.masks.every((mask) => actsThrough(mask, leftOut, recorded)) ? form : undefined;
}

/** The one expression whose exponentials the weights are shares of, over all experts. */
export function exponentIn(weights: Expression): Expression | undefined {
  const shares = within(weights).filter(({ operation, name }) => operation === 'share' && name === '1');
  const exponents = new Set(
    shares.flatMap(({ inside }) =>
      factorsOf(inside[0]!).flatMap(({ factor }) => (factor.operation === 'exp' ? factor.inside : [])),
    ),
  );
  const [only, ...others] = exponents;
  return others.length > 0 ? undefined : only;
}

/** Whether what is learned comes in by shares of exponentials of the logits, by their sigmoids, and by their order alone. */
function actsThrough(mask: Expression, { logits, runs }: LeftOut, { of, specs }: RecordedGate): boolean {
  const orders = logits.map((each) => ordering(of, 1, each));
  const known = new Map<Expression, boolean>();
  function acts(expression: Expression): boolean {
    const found = known.get(expression) ?? computed(expression);
    known.set(expression, found);
    return found;
  }
  function computed({ operation, inside, name }: Expression): boolean {
    const [first] = inside;
    switch (operation) {
      case 'input':
        return false;
      case 'parameter':
        return specs[name]!.trainable === false;
      // Among other experts than the weights are shared by, some are never compared by the weights.
      case 'sumExperts':
        return runs.has(name) && acts(first!);
      case 'rank':
        if (!runs.has(name)) return false;
        return logits.includes(first!) || orders.includes(first!) || acts(first!);
      case 'activation':
        return (name === 'sigmoid' && logits.includes(first!)) || acts(first!);
      case 'share':
        return factorsOf(first!).every(({ factor }) =>
          factor.operation === 'exp'
            ? logits.includes(factor.inside[0]!)
            : (isMask(factor) || factor.operation === 'share' || factor.operation === 'spread') &&
              acts(factor),
        );
      default:
        return inside.every(acts);
    }
  }
  return acts(mask);
}
