import type { FormulaBatch } from './formula.ts';
import { formulaGradient } from './formula-gradient.ts';
import { formulaValues } from './formula-value.ts';
import type { ForwardAttributes } from './forward.ts';

/** Addresses and sizes of a routing whose loss is wanted. */
interface RoutedLoss {
  readonly tokens: number;
  readonly experts: number;
  readonly offsets: number;
  /** Of each row its token, and its weight. */
  readonly token: number;
  readonly weight: number;
  readonly chosen: number;
  readonly logits: number;
  /** 0 where there is none. */
  readonly mask: number;
  /** Where the loss goes, and its gradients to the logits and to the weights of the rows. */
  readonly out: number;
  readonly toLogits: number;
  readonly toWeight: number;
}

/** Numbers beyond are left to whoever composes the loss, who knows what becomes of them; so are NaN and infinities. */
const LARGEST = 1e30;

/**
 * Writes the balance loss of a routing, and its gradient.
 * @returns whether it could: not where numbers are not sound, or where a rounding decides
 */
export function writeLoss(
  { perToken, loss }: ForwardAttributes,
  memory: WebAssembly.Memory,
  routed: RoutedLoss,
): boolean {
  const { tokens, experts } = routed;
  const { formula, sequences } = loss!;
  const floats = (address: number, size: number) => new Float32Array(memory.buffer, address, size);
  const integers = (address: number, size: number) => new Int32Array(memory.buffer, address, size);
  const offsets = integers(routed.offsets, experts + 1);
  const rows = offsets[experts]!;
  const token = integers(routed.token, rows);
  const weight = floats(routed.weight, rows);
  const weights = new Float32Array(tokens * experts);
  const eachRow = (visit: (row: number, cell: number) => void) => {
    for (let e = 0; e < experts; e++)
      for (let r = offsets[e]!; r < offsets[e + 1]!; r++) visit(r, token[r]! * experts + e);
  };
  if (formula.steps.some(({ operation }) => operation === 'weights'))
    eachRow((r, cell) => {
      weights[cell] = weight[r]!;
    });
  const batch: FormulaBatch = {
    ...{ tokens, experts, sequences, weights, perToken },
    logits: floats(routed.logits, tokens * experts),
    chosen: integers(routed.chosen, tokens * perToken),
    mask: routed.mask === 0 ? undefined : floats(routed.mask, tokens),
  };
  const values = formulaValues(formula, batch);
  if (values === undefined) return false;
  const total = formula.terms.reduce((sum, { weight: w, value }) => sum + w * values[value]![0]!, 0);
  const gradient = formulaGradient(formula, values, batch);
  const isSound = (list: Float64Array | undefined) => !list || list.every((x) => Math.abs(x) < LARGEST);
  if (!(Math.abs(total) < LARGEST) || !isSound(gradient.logits) || !isSound(gradient.weights)) return false;
  floats(routed.out, 1)[0] = total;
  const toLogits = floats(routed.toLogits, tokens * experts);
  if (gradient.logits) toLogits.set(gradient.logits);
  else toLogits.fill(0);
  const toWeight = floats(routed.toWeight, rows).fill(0);
  if (gradient.weights)
    eachRow((r, cell) => {
      toWeight[r] = gradient.weights![cell]!;
    });
  return true;
}
