import {
  type AnyParams,
  defineExpert,
  type Expert,
  type ExpertTraits,
  expectBoolean,
  expectKnownOptions,
  expectPositive,
  expectSize,
  getExpert,
  getInitializer,
  hiddenLayer,
  type Identifier,
  type InitializerIdentifier,
  MoeError,
  type Named,
  type Ops,
  type ParamSpec,
  type Units,
} from '@tfjs-moe/core';

/** Options of `lora`: the frozen expert, and the low-rank terms that are added to its kernels. */
export interface LoraOptions<Kind extends string = string> {
  /** The expert whose kernels are corrected: an object, a config or the name of a kind. */
  readonly expert: Identifier<Expert, Kind>;
  /** r, the rank of every correction. */
  readonly rank: number;
  /** $\alpha$: corrections are multiplied with $\alpha / r$. Default r. */
  readonly alpha?: number;
  /** Whether all experts correct one and the same base, instead of a base of their own. Default true. */
  readonly sharedBase?: boolean;
  /** Initial values of every A; those of every B are zero, so that all begins as the base. Default `'heUniform'`. */
  readonly downInitializer?: InitializerIdentifier;
}

/**
 * Low-rank adapters (LoRA) as experts: another expert, frozen, whose every kernel $W$ is replaced by
 * $W + \frac{\alpha}{r} A B$ with $A \in \mathbb{R}^{n \times r}$, $B \in \mathbb{R}^{r \times m}$ of the expert's own.
 *
 * To tune a trained network into a mixture at a fraction of its parameters: the base keeps its weights under their names
 * (`expert/layer_1/kernel`), which `loadWeights` can bring, and only `..._a` and `..._b` learn. The base is one for all
 * experts, or each has its own. An adapter beside a base outside the mixture, $x W + \sum_e w_e x A_e B_e$, is
 * `ffn({ hiddenUnits: r, activation: 'identity', useBias: false })` with the base as `sharedExperts`.
 *
 * @throws MoeError if the expert has no kernel, or a parameter under the name of an adapter
 *
 * Source: Hu et al., "LoRA: Low-Rank Adaptation of Large Language Models" (2021), section 4.1; Dou et al., "LoRAMoE"
 * (2023).
 */
export const lora: (<const Kind extends string>(options: LoraOptions<Kind>) => Expert) & {
  readonly kind: string;
  // biome-ignore lint/suspicious/noExplicitAny: whatever kinds lie inside, the signature above is as strict as they are
} = /* @__PURE__ */ defineExpert('lora', (options: LoraOptions<any>) => {
  const who = 'lora';
  expectKnownOptions(who, options, ['expert', 'rank', 'alpha', 'sharedBase', 'downInitializer']);
  const base = getExpert(options.expert, `${who}: expert`);
  const rank = expectSize(who, 'rank', options.rank);
  const alpha = expectPositive(who, 'alpha', options.alpha ?? rank);
  const sharedBase = expectBoolean(who, 'sharedBase', options.sharedBase ?? true);
  const downInitializer = getInitializer(who, 'downInitializer', options.downInitializer ?? 'heUniform');

  function params(inputDim: number, units: number): Record<string, ParamSpec> {
    const own: Readonly<Record<string, ParamSpec>> = base.params(inputDim, units);
    const specs: Record<string, ParamSpec> = {};
    for (const [name, spec] of Object.entries(own)) {
      specs[name] = { ...spec, trainable: false, ...(sharedBase && { shared: true }) };
      if (spec.shape.length < 2) continue;
      const [n, m] = spec.shape as readonly [number, number];
      specs[`${name}_a`] = { shape: [n, rank], initializer: downInitializer };
      specs[`${name}_b`] = { shape: [rank, m], initializer: { kind: 'zeros' } };
    }
    const taken = Object.keys(own).find((name) => specs[name]!.trainable !== false);
    if (taken !== undefined) throw new MoeError(who, `the expert "${base.kind}" has a parameter ${taken}`);
    if (Object.keys(own).length === Object.keys(specs).length)
      throw new MoeError(who, `the expert "${base.kind}" has no kernel to correct`);
    return specs;
  }

  return {
    config: { expert: base.config, rank, alpha, sharedBase, downInitializer },
    params,
    apply<V>(ops: Ops<V>, x: V, p: Named<AnyParams, V>) {
      const adapters = new Map<V, readonly [V, V]>();
      for (const [name, value] of Object.entries(p) as [string, V][]) {
        const [down, up] = [p[`${name}_a`], p[`${name}_b`]];
        if (down !== undefined && up !== undefined) adapters.set(value, [down, up]);
      }
      const affine: Ops<V>['affine'] = (z, kernel, bias, activation) => {
        const own = adapters.get(kernel);
        if (own === undefined) return ops.affine(z, kernel, bias, activation);
        const correction = ops.affine(ops.affine(z, own[0]), own[1]);
        const sum = ops.add(ops.affine(z, kernel, bias), ops.mul(correction, ops.constant(alpha / rank)));
        return activation === undefined ? sum : ops.activation(activation, sum);
      };
      return base.apply<V>(Object.create(ops, { affine: { value: affine } }), x, p);
    },
    traits: adaptedTraits(base),
  };
});

/**
 * What is true of the base is true of the sum, with the adapters of a kernel where the kernel is: its columns are those of
 * B, its rows those of A.
 */
function adaptedTraits({ params, traits = {} }: Expert): ExpertTraits {
  const SIZE = 2;
  const own: Readonly<Record<string, ParamSpec>> = params(SIZE, SIZE);
  const kernels = Object.keys(own).filter((name) => own[name]!.shape.length === 2);
  const withOwn = (end: '_a' | '_b') => (names: readonly string[]) =>
    names.flatMap((name) => (kernels.includes(name) ? [name, `${name}${end}`] : [name]));
  const [asRows, asColumns] = [withOwn('_a'), withOwn('_b')];
  const adapted = ({ incoming, outgoing, signs = [], scales = [] }: Units): Units => {
    const both = (names: readonly string[]) => [
      ...asColumns(names.filter((name) => incoming.includes(name))),
      ...asRows(names.filter((name) => !incoming.includes(name))),
    ];
    return {
      incoming: asColumns(incoming),
      outgoing: asRows(outgoing),
      signs: signs.map(({ negated, ...constant }) => ({ negated: both(negated), ...constant })),
      scales: scales.map(({ multiplied, divided }) => ({
        multiplied: both(multiplied),
        divided: both(divided),
      })),
    };
  };
  return {
    ...(traits.linearIn && { linearIn: asColumns(traits.linearIn) }),
    units: [
      ...(traits.units ?? [])
        // What a constant gains is a unit's row of one kernel, and here there are two.
        .map(({ signs, ...units }) => ({
          ...units,
          signs: signs?.filter(({ constant }) => constant === undefined),
        }))
        .map(adapted),
      ...kernels.map((name) => hiddenLayer('identity', [`${name}_a`], [`${name}_b`])),
    ],
  };
}

declare module '@tfjs-moe/core' {
  interface ExpertOptionsByKind<Kind extends string> {
    readonly lora: LoraOptions<Kind>;
  }
}
