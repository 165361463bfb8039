import {
  type AnyParams,
  defineGate,
  expectKnownOptions,
  expectSize,
  type Gate,
  type GateOps,
  getInitializer,
  type InitializerIdentifier,
  type Named,
  type RoutingContext,
} from '@tfjs-moe/core';
import { selectAll } from './selection.ts';

/** Options of `productKeys`: the length of the keys. */
export interface ProductKeysOptions {
  /** Features of each half of a query and of each key. Default 16. */
  readonly keySize?: number;
  /** Initial values of queries and keys. Default `'glorotUniform'`. */
  readonly kernelInitializer?: InitializerIdentifier;
}

/**
 * Product keys: a softmax gate whose experts are the cells of a table, with logits $z_{(i, j)} = q_1(x)^\top c_i +
 * q_2(x)^\top c'_j$.
 *
 * $R + C$ keys in place of $R\,C$, so that a router for very many small experts stays small: with $E$ experts about
 * $2 \sqrt{E}$ keys. Expert $(i, j)$ has the number $i\,C + j$; $R$ is the largest divisor of the number of experts up to
 * its square root, so a square number is best. Queries are affine in the token. Under `topK` it is one head of PEER: as
 * every logit is looked at, the selection is that of the $k^2$ candidates of the $k$ best keys of both halves.
 *
 * Source: Lample et al., "Large Memory Layers with Product Keys" (2019), section 3.2; He, "Mixture of A Million Experts"
 * (2024), section 2.1.
 */
export const productKeys: ((options?: ProductKeysOptions) => Gate) & { readonly kind: string } =
  /* @__PURE__ */ defineGate('productKeys', (options: ProductKeysOptions = {}) => {
    const who = 'productKeys';
    expectKnownOptions(who, options, ['keySize', 'kernelInitializer']);
    const keySize = expectSize(who, 'keySize', options.keySize ?? 16);
    const initializer = getInitializer(
      who,
      'kernelInitializer',
      options.kernelInitializer ?? 'glorotUniform',
    );
    const query = (inputDim: number) => ({
      kernel: { shape: [inputDim, keySize] as const, initializer, shared: true, copies: 1 },
      bias: { shape: [keySize] as const, initializer: { kind: 'zeros' as const }, shared: true, copies: 1 },
    });
    const keys = (copies: number) => ({ shape: [keySize] as const, initializer, copies });

    return {
      config: { keySize, kernelInitializer: initializer },
      expertsPerToken: (experts) => experts,
      params(inputDim, experts) {
        const rows = rowsOf(experts);
        const { kernel, bias } = query(inputDim);
        return {
          'row_query/kernel': kernel,
          'row_query/bias': bias,
          'column_query/kernel': kernel,
          'column_query/bias': bias,
          row_keys: keys(rows),
          column_keys: keys(experts / rows),
        };
      },
      route<V>(ops: GateOps<V>, x: V, p: Named<AnyParams, V>, { experts }: RoutingContext) {
        const scores = (half: string) =>
          ops.dot(ops.affine(x, p[`${half}_query/kernel`]!, p[`${half}_query/bias`]!), p[`${half}_keys`]!);
        const like = ops.expertNumbers(experts);
        const rows = rowsOf(experts);
        const columns = repeated(ops, scores('column'), rows, experts / rows, like);
        const logits = ops.add(ops.spread(scores('row'), like), columns);
        const probabilities = ops.softmax(logits);
        return {
          logits,
          scores: logits,
          probabilities,
          choices: selectAll(ops, probabilities),
          weights: probabilities,
          logWeights: logits,
          selectsAll: true,
        };
      },
    };
  });

/** The largest divisor of the number of experts up to its square root. */
function rowsOf(experts: number): number {
  let rows = Math.floor(Math.sqrt(experts));
  while (experts % rows !== 0) rows -= 1;
  return rows;
}

/** The scores of the columns in every row: [T, C, 1] becomes [T, R C, 1]. */
function repeated<V>(ops: GateOps<V>, scores: V, rows: number, columns: number, numbers: V): V {
  const own = ops.expertNumbers(columns);
  const firstInRow = ops.mul(ops.constant(columns), ops.spread(ops.expertNumbers(rows), numbers));
  const columnOf = ops.sub(numbers, firstInRow);
  const is = (index: V, j: number) =>
    ops.sub(ops.greaterOrEqual(index, ops.constant(j)), ops.greaterOrEqual(index, ops.constant(j + 1)));
  return Array.from({ length: columns }, (_, j) =>
    ops.mul(is(columnOf, j), ops.spread(ops.sumExperts(ops.mul(is(own, j), scores)), numbers)),
  ).reduce((sum, column) => ops.add(sum, column));
}

declare module '@tfjs-moe/core' {
  interface GateOptionsByKind<Kind extends string> {
    readonly productKeys: ProductKeysOptions;
  }
}
