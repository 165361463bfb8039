/**
 * Whether definitions are what they declare. What is read of a declaration is believed by all that stands on it, from
 * canonical forms to certificates, so a false one is refused before anything is made of it.
 */
import { type Expert, type Gate, MoeError, type Plugin, type Router } from '@tfjs-moe/core';
import type { Runner } from '@tfjs-moe/core/testing';
import { testExpertTraits } from '@tfjs-moe/experts/testing';
import { testGateTraits, testRouterTraits } from '@tfjs-moe/gates/testing';
import { fewestInputs } from './fewest-inputs.ts';

/** Of one input some features are alike. */
const INPUTS = 3;
const UNITS = 2;

/** Refuses an expert whose traits the contract suite of experts finds false. */
export function expectDeclaredExpert(expert: Expert): void {
  if (expert.traits === undefined) return;
  const { inputs: inputDim } = fewestInputs((inputs) => expert.params(inputs, UNITS), INPUTS);
  refuseFirst(expert, (runner) => testExpertTraits(runner, expert, { inputDim, units: UNITS }));
}

/** Refuses a router whose traits the contract suite of routers finds false. */
export function expectDeclaredRouter(router: Router): void {
  if (router.traits === undefined) return;
  const { inputs } = fewestInputs((inputDim) => router.params(inputDim), INPUTS);
  refuseFirst(router, (runner) => testRouterTraits(runner, router, inputs));
}

/**
 * Refuses a gate whose form or gauge the contract suite of gates finds false at so many experts. What it says that it sees
 * is left to `testGate`: at some sizes a gate that selects sees less than it says, and to look takes long.
 */
export function expectDeclaredGate(gate: Gate, experts: number): void {
  if (gate.traits === undefined) return;
  const { inputs: inputDim } = fewestInputs((inputs) => gate.params(inputs, experts), INPUTS);
  refuseFirst(gate, (runner) => testGateTraits(runner, gate, { inputDim, experts, ranks: false }));
}

/** Runs a suite where it stands, up to the first test that fails. */
function refuseFirst({ role, kind }: Plugin, suite: (runner: Runner) => void): void {
  suite({
    describe: (_name, body) => body(),
    test: (_name, body) => {
      try {
        body();
      } catch (error) {
        throw new MoeError(
          `${role} ${kind}`,
          `it is not what it declares: ${error instanceof Error ? error.message : String(error)}; mend its traits, or leave them out: what is not declared is looked for`,
        );
      }
    },
  });
}
