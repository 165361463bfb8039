import type { Expert, Gate, Router } from '@tfjs-moe/core';
import { defineExpert, defineGate, defineRouter } from '@tfjs-moe/core';

/** The same gate as somebody else's: another kind, no options, and nothing said of what it is. */
export function wrappedGate(gate: Gate, kind = 'wrappedGate'): Gate {
  const { router, params, expertsPerToken, route } = gate;
  return defineGate(kind, () => ({
    config: {},
    ...(router && { router: wrappedRouter(router) }),
    params: (inputDim, experts) => params(inputDim, experts),
    expertsPerToken: (experts) => expertsPerToken(experts),
    route: (ops, x, p, context) => route(ops, x, p, context),
  }))();
}

/** The same router as somebody else's. */
export function wrappedRouter({ params, logit }: Router): Router {
  return defineRouter('wrappedRouter', () => ({
    config: {},
    params: (inputDim) => params(inputDim),
    logit: (ops, x, p) => logit(ops, x, p),
  }))();
}

/** The same expert as somebody else's. */
export function wrappedExpert({ params, apply }: Expert, kind = 'wrappedExpert'): Expert {
  return defineExpert(kind, () => ({
    config: {},
    params: (inputDim, units) => params(inputDim, units),
    apply: (ops, x, p) => apply(ops, x, p),
  }))();
}
