import { type BalanceLoss, type Gate, type GateOps, MoeError, mapNames, type Routing } from '@tfjs-moe/core';

/** What every operation answers when nothing is computed. */
const nothing = /* @__PURE__ */ Object.freeze({});
type Nothing = typeof nothing;

/**
 * The algebra interpreted over nothing: it shows which parts a routing has, at no cost, whatever the sizes. A proxy,
 * because it need not know the operations.
 */
const outline = (): GateOps<Nothing> =>
  new Proxy({} as GateOps<Nothing>, {
    get: (_target, name, self) => {
      if (name === 'within' || name === 'inSequences') return () => self;
      if (name === 'topK') return (_scores: Nothing, k: number) => Array.from({ length: k }, () => nothing);
      return () => nothing;
    },
  });

/** Features of an input that does not exist. Any number that routers of several heads can divide would do. */
const INPUT_DIM = 64;

/**
 * Refuses a balance loss that asks for what the routing of the layer's gate has not, such as the load of a gate without
 * noise: as soon as both are known, not in the first training step.
 */
export function expectLosses(gate: Gate, balance: readonly BalanceLoss[], experts: number): void {
  if (balance.length === 0) return;
  const routing = outlined(gate, experts);
  if (routing === undefined) return;
  const context = { experts, expertsPerToken: gate.expertsPerToken(experts) };
  for (const loss of balance) {
    try {
      loss.value(outline(), routing, context);
    } catch (error) {
      // Anything else comes from a loss that looks into its values, and will be known when there are some.
      if (error instanceof MoeError) throw error;
    }
  }
}

function outlined(gate: Gate, experts: number): Routing<Nothing> | undefined {
  try {
    const parameters = mapNames(gate.params(INPUT_DIM, experts), () => nothing);
    return gate.route(outline(), nothing, parameters, { experts, training: true });
  } catch {
    return undefined;
  }
}
