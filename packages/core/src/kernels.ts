/**
 * Names of the tfjs kernels that a backend may register to make the layer faster. Without them the layer composes the
 * same functions from ordinary operations.
 *
 * `offsets` has E + 1 row numbers: expert e owns the rows offsets[e], ..., offsets[e + 1] - 1, possibly none. On a backend
 * that keeps its memory to itself, which is one whose name begins with `webg`, only the last number of the list is known, and
 * the list has all of them as its property `tensor`, int32 [E + 1]. Rows of no expert are 0 in what a kernel returns, which leaves the list as it is. Inputs whose
 * type is not given are float32; a kernel converts other types of number, or refuses them. NaN comes to every number that
 * depends on it and to no other.
 */

/**
 * Rows sorted by expert times one kernel per expert. Inputs { x: [S, D], kernels: [E, D, U] }, attributes
 * { offsets: number[], transpose: boolean }; [S, U], or with `transpose` from x: [S, U] to [S, D]. With a third input
 * { bias: [E, U] } each row also gets the bias of its expert. With the attribute `relu` negative results become 0.
 */
export const GROUPED_MAT_MUL = 'MoeGroupedMatMul';

/** Its gradient to the kernels. Inputs { x: [S, D], dy: [S, U] }, attributes { offsets: number[] }; [E, D, U]. */
export const GROUPED_MAT_MUL_KERNEL_GRADIENT = 'MoeGroupedMatMulKernelGradient';

/**
 * The gradient behind the ReLU of the product, from its result: dy where y is positive, else 0 dy, and NaN where y is. Inputs
 * { dy: [S, U], y: [S, U] }; [S, U].
 */
export const RELU_GRADIENT = 'MoeReluGradient';

/** Sums of the rows of each expert, the gradient to its bias. Inputs { x: [S, F] }, attributes { offsets: number[] }; [E, F]. */
export const SUM_GROUPS = 'MoeSumGroups';

/**
 * Stable counting sort of selected (token, expert) pairs by expert. Inputs { selected: 0/1 [T, E] }, attributes
 * { perToken: number }, the bound K on the experts of one token. Four int32 results: offsets [E + 1]; of each row its
 * token [S] and its cell token * E + expert [S]; of each token its rows [T, K], -1 where it has fewer. With nothing
 * selected there is one row, given to the last expert, whose token and cell are -1. A backend that keeps its memory to itself
 * has T * K rows, and those that nobody selected lie behind the last expert's, -1 too.
 */
export const SORT_BY_EXPERT = 'MoeSortByExpert';

/** Rows by index, zeros where it is negative. Inputs { x: [N, F], index: int32 [S] }; [S, F]. */
export const GATHER_ROWS = 'MoeGatherRows';

/** Sums of rows by index, negative ones left out. Inputs { x: [S, F], index: int32 [T, K] }; [T, F]. */
export const SUM_ROWS = 'MoeSumRows';

/**
 * Weighted sums of the rows of each token. Inputs { x: [S, F], weights: [T, E], row: int32 [T, K], cell: int32 [S] } as
 * sorted above; [T, F]. A token with a NaN among its E weights is NaN, rows or none.
 */
export const COMBINE_ROWS = 'MoeCombineRows';

/** Its gradients. Inputs { x: [S, F], weights: [T, E], cell: int32 [S], dy: [T, F] }; to x [S, F] and to weights [T, E]. */
export const COMBINE_ROWS_GRADIENT = 'MoeCombineRowsGradient';

/**
 * The K largest of each row, one after the other, as 0/1 masks. Inputs { scores: [N, E] }, attributes { k: number }; k
 * results [N, E], zeros from the (E + 1)th on. The first of equal scores comes first; NaN counts as -3e38, and so does
 * what lies below.
 */
export const TOP_K_MASKS = 'MoeTopKMasks';

/**
 * The logits of a linear router, $x R^\top + b$. Inputs { x: [T, D], router: [E, D], bias?: [E, 1] }; [T, E]. Its gradient is
 * made of those of the grouped product.
 */
export const SCORE_EXPERTS = 'MoeScoreExperts';

/**
 * Who goes where with which weight, of a gate whose form is competitive or sigmoid and has a selection. Inputs
 * { logits: [T, E], selectionBias?: [E, 1], mask?: 0/1 [T, 1] }, attributes { k: number, isSigmoid, byWeights: whether the
 * weights and not the logits order the experts, divides: whether the weights are divided by their sum over the selected,
 * scale: number }; what is selected, 0/1 [T, E], and the weights [T, E]. Ties and NaN are ordered as in the masks of the
 * largest; a token with NaN among its numbers has the weights NaN. Padding has neither.
 */
export const SELECT_EXPERTS = 'MoeSelectExperts';

/** Its gradient. Inputs { logits: [T, E], selected: [T, E], dy: the gradient to the weights [T, E] }, its attributes; [T, E]. */
export const SELECT_EXPERTS_GRADIENT = 'MoeSelectExpertsGradient';

/**
 * The same numbers under another shape, for backends on which the reshape of tfjs moves them. Inputs { x }, attributes
 * { shape: number[] }.
 */
export const RESHAPE = 'MoeReshape';

/**
 * Rows whose mean is taken away and that are divided by their spread, $s (x - \mu) r + b$ with $r = 1 / \sqrt{\sigma^2 +
 * \epsilon}$ and the population variance. Inputs { x: [N, D], scale?: [D], shift?: [D] }, attributes { epsilon: number,
 * centered: boolean }, without which $\mu$ is 0; the rows, and $\mu$ and $r$ of each [N, 2].
 */
export const NORMALIZE_ROWS = 'MoeNormalizeRows';

/** Its gradients. Inputs { x, scale?, kept: [N, 2], dy: [N, D] }, attributes { centered: boolean }; to x, scale and shift. */
export const NORMALIZE_ROWS_GRADIENT = 'MoeNormalizeRowsGradient';

/**
 * A step of tfjs's Adam on one variable. Inputs { value, gradient } and the means so far of the gradients and of their
 * squares, all of one shape, and what tfjs has as tensors of one number; the new value and the new means, as tfjs composes
 * them. Names of inputs and attributes are the backend's own, here and in the other optimisers.
 */
export const ADAM = 'MoeAdam';

/** A step of gradient descent on one variable: the new value. */
export const SGD = 'MoeSgd';

/** A step of gradient descent with momentum on one variable: the new value and the new sum. */
export const MOMENTUM = 'MoeMomentum';

/** A step of RMSProp on one variable: the new value, mean square and moment, and the mean where it is centered. */
export const RMS_PROP = 'MoeRmsProp';
