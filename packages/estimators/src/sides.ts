import { type Config, type Expert, type Gate, getGate, MoeError, type OptionsJson } from '@tfjs-moe/core';
import { constant, selectedInputs } from '@tfjs-moe/experts';
import { constantRouter, selectedInputsRouter } from '@tfjs-moe/gates';
import { expertTraits } from '@tfjs-moe/measures';
import type { Columns } from './sample.ts';

/** A gate and an expert, of which each may see inputs of its own. */
export interface Sides {
  readonly gate: Gate;
  readonly expert: Expert;
}

/** Gate and expert as a sample says what each sees, by its `gateInputs` and `expertInputs`. */
export function sidesOf(
  who: string,
  { gate, expert }: Sides,
  { gateInputs, expertInputs }: Pick<Columns, 'gateInputs' | 'expertInputs'>,
): Sides {
  return {
    gate: gateInputs === undefined ? gate : gateOf(who, gate, gateInputs),
    expert: expertInputs === undefined ? expert : expertOf(who, expert, expertInputs),
  };
}

/** The kind of an expert, of one that sees some inputs that of what it computes from them. */
export function kindOf({ config }: Expert): string {
  return config.kind === selectedInputs.kind ? (config.expert as Config).kind : config.kind;
}

/** The gate with every router among its options seeing these features; of none, with constant ones. */
function gateOf(who: string, gate: Gate, features: readonly number[]): Gate {
  let found = 0;
  function seeing(config: Config): Config {
    const isScored = isConfig(config.router);
    const parts = Object.entries(config).map(([name, value]) => [
      name,
      isConfig(value) ? (name === 'router' ? routerOf(value) : seeing(value)) : value,
    ]);
    return {
      ...(Object.fromEntries(parts) as Config),
      // A constant score is the bias.
      ...(isScored && features.length === 0 && 'useBias' in config && { useBias: false }),
    };
  }
  function routerOf(router: Config): Config {
    found++;
    if (features.length === 0) return router.kind === constantRouter.kind ? router : constantRouter().config;
    // Of a fit that is made again, the router is one already.
    if (router.kind === selectedInputsRouter.kind && `${router.features}` === `${features}`) return router;
    return selectedInputsRouter({ features, router }).config;
  }
  const config = seeing(gate.config);
  if (found > 0) return getGate(config, who);
  throw new MoeError(who, 'gateInputs are for gates with a router among their options', gate.kind);
}

/** The expert of these features; of none, a constant one. */
function expertOf(who: string, expert: Expert, features: readonly number[]): Expert {
  const { form, linearIn = [] } = expertTraits(expert);
  if (form?.of === 'nothing') return expert;
  if (features.length === 0) {
    const { of, bias, activation = 'identity', degree = 1 } = form ?? {};
    const isLinear = of === 'input' && activation === 'identity' && degree === 1;
    if (isLinear && bias !== undefined && linearIn.includes(bias)) return constant();
    throw new MoeError(
      who,
      'expertInputs may be empty for linear experts with a bias, which are then constant',
      expert.kind,
    );
  }
  const { kind, features: own } = expert.config as OptionsJson & { kind: string };
  if (kind === selectedInputs.kind && `${own}` === `${features}`) return expert;
  return selectedInputs({ features, expert });
}

function isConfig(value: unknown): value is Config {
  return typeof (value as { kind?: unknown } | null | undefined)?.kind === 'string';
}
