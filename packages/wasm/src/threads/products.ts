/**
 * The grouped products on as many threads as there are, and worth it.
 *
 * Threads compute rows of the result, so that every number is the same sum in the same order as on one thread.
 */
import type { Attachment } from '../attach.ts';
import type { Lender } from './lender.ts';
import {
  expertOf,
  type GroupedKernelGradient,
  type GroupedProduct,
  type Plan,
  planOfGradient,
  planOfProduct,
} from './plan.ts';

/** Computes y[r, :] = x[r, :] kernel_e + bias_e, or with transposed kernels. */
export function groupedProduct(
  attachment: Attachment,
  product: GroupedProduct,
  plan: Plan | undefined = planOfProduct(attachment, product),
): void {
  const { offsets, depth, units, x, kernels, bias, y } = product;
  const experts = offsets.length - 1;
  const rows = offsets[experts]!;
  const table = attachment.integers(offsets);
  const rest = [depth, units, product.transposed ? 1 : 0, product.relu ? 1 : 0] as const;
  const compute = (from: number, to: number) =>
    attachment.kernels.groupedProduct(
      ...([x, table, experts, kernels, bias, y, ...rest, from, to, attachment.workspace] as const),
    );
  const shared = plan?.team.share((lender) => {
    const { ends } = plan;
    const first = ends[0]!;
    const firstExpert = expertOf(offsets, first);
    const lentX = lender.lend(x, 4 * depth, first, rows);
    const lentKernels = lender.lend(kernels, 4 * depth * units, firstExpert, experts);
    const lentBias = bias === 0 ? undefined : lender.lend(bias, 4 * units, firstExpert, experts);
    const lentY = lender.lend(y, 4 * units, first, rows);
    const lentTable = lendTable(lender, table, offsets);
    return {
      kernel: 'groupedProduct',
      ends,
      compute,
      lend(from, to) {
        const endExpert = 1 + expertOf(offsets, to - 1);
        lentX.bring(to);
        lentKernels.bring(endExpert);
        lentBias?.bring(endExpert);
        const inputs = [lentX.address, lentTable, experts, lentKernels.address, lentBias?.address ?? 0];
        return [...inputs, lentY.address, ...rest, from, to];
      },
      takeBack: lentY.takeBack,
    };
  });
  if (!shared) compute(0, rows);
}

/** Computes the gradient x_e^T dy_e of every expert. */
export function groupedKernelGradient(
  attachment: Attachment,
  product: GroupedKernelGradient,
  plan: Plan | undefined = planOfGradient(attachment, product),
): void {
  const { offsets, depth, units, x, dy, gradient } = product;
  const experts = offsets.length - 1;
  const rows = offsets[experts]!;
  const table = attachment.integers(offsets);
  const compute = (from: number, to: number) =>
    attachment.kernels.groupedKernelGradient(
      ...([x, table, experts, dy, gradient, depth, units, from, to, attachment.workspace] as const),
    );
  const shared = plan?.team.share((lender) => {
    const { ends } = plan;
    const first = ends[0]!;
    const firstRow = offsets[Math.floor(first / depth)]!;
    const lentX = lender.lend(x, 4 * depth, firstRow, rows);
    const lentDy = lender.lend(dy, 4 * units, firstRow, rows);
    const lentGradient = lender.lend(gradient, 4 * units, first, experts * depth);
    const lentTable = lendTable(lender, table, offsets);
    return {
      kernel: 'groupedKernelGradient',
      ends,
      compute,
      lend(from, to) {
        const endRow = offsets[1 + Math.floor((to - 1) / depth)]!;
        lentX.bring(endRow);
        lentDy.bring(endRow);
        const inputs = [lentX.address, lentTable, experts, lentDy.address];
        return [...inputs, lentGradient.address, depth, units, from, to];
      },
      takeBack: lentGradient.takeBack,
    };
  });
  if (!shared) compute(0, experts * depth);
}

function lendTable(lender: Lender, table: number, { length }: readonly number[]): number {
  const lent = lender.lend(table, 4, 0, length);
  lent.bring(length);
  return lent.address;
}
