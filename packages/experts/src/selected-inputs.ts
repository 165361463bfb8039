import {
  type AnyParams,
  defineExpert,
  type Expert,
  type ExpertFactory,
  type ExpertTraits,
  expectFeatures,
  expectInputsWith,
  expectKnownOptions,
  getExpert,
  type Identifier,
  MoeError,
  type Named,
  type Ops,
} from '@tfjs-moe/core';

/** Options of `selectedInputs`: which features an expert sees. */
export interface SelectedInputsOptions<Kind extends string = string> {
  /** Indices of the features, from 0, in the order in which the expert sees them: at least one. */
  readonly features: readonly number[];
  /** What it computes from these features: an expert, its config, or its kind. */
  readonly expert: Identifier<Expert, Kind>;
}

const WHO = 'selectedInputs';

/**
 * Expert that sees some of the features: $h(x) = g(x_S)$ with g another expert and S a list of features.
 *
 * For mixtures whose gate has inputs that are none of the experts' business: what they do not see they cannot fit. Its
 * counterpart on the side of the gate is `selectedInputsRouter`.
 *
 * @throws MoeError where no feature is named, for which `constant` is the expert, or inputs have fewer than it names
 * @example selectedInputs({ features: [0, 1], expert: linear() })
 */
export const selectedInputs: (<const Kind extends string>(options: SelectedInputsOptions<Kind>) => Expert) & {
  readonly kind: string;
} = /* @__PURE__ */ defineExpert('selectedInputs', (options: SelectedInputsOptions) => {
  expectKnownOptions(WHO, options, ['features', 'expert']);
  const features = expectFeatures(WHO, 'features', options?.features);
  if (features.length === 0)
    throw new MoeError(
      WHO,
      'features must name at least one; an expert that sees none is constant()',
      features,
    );
  const expert = getExpert(options.expert, WHO);
  return {
    config: { features, expert: expert.config },
    params(inputDim, units) {
      expectInputsWith(WHO, features, inputDim);
      return expert.params(features.length, units);
    },
    apply<V>(ops: Ops<V>, x: V, p: Named<AnyParams, V>): V {
      return expert.apply(ops, ops.take(x, features), p);
    },
    traits: ofFeatures(expert.traits),
  };
}) as ExpertFactory<[options: SelectedInputsOptions]> as never;

/** What stays true of an expert whose input is made of features of another: its form is one of these features. */
function ofFeatures({ form, ...traits }: ExpertTraits = {}): ExpertTraits {
  return { ...traits, ...(form?.of === 'nothing' && { form }) };
}

declare module '@tfjs-moe/core' {
  interface ExpertOptionsByKind<Kind extends string> {
    readonly selectedInputs: SelectedInputsOptions<Kind>;
  }
}
