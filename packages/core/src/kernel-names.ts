/**
 * Names of the tfjs kernels that a backend may register to make the layer faster. Without them the layer composes the
 * same functions from ordinary operations.
 *
 * `offsets` has E + 1 row numbers: expert e owns the rows offsets[e], ..., offsets[e + 1] - 1, possibly none.
 */

/**
 * Rows sorted by expert times one kernel per expert. Inputs { x: [S, D], kernels: [E, D, U] }, attributes
 * { offsets: number[], transpose: boolean }; [S, U], or with `transpose` from x: [S, U] to [S, D].
 */
export const GROUPED_MAT_MUL = 'MoeGroupedMatMul';

/** Its gradient to the kernels. Inputs { x: [S, D], dy: [S, U] }, attributes { offsets: number[] }; [E, D, U]. */
export const GROUPED_MAT_MUL_KERNEL_GRADIENT = 'MoeGroupedMatMulKernelGradient';
