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
/** Of outputs, the first number that an expert takes: some have one alone. */
const UNITS = [2, 1];

/** Refuses an expert whose traits the contract suite of experts finds false. */
export function expectDeclaredExpert(expert: Expert): void {
  if (expert.traits === undefined) return;
  for (const units of UNITS) {
    const inputDim = inputsOf((inputs) => expert.params(inputs, units));
    if (inputDim === undefined) continue;
    refuseFirst(expert, (runner) => testExpertTraits(runner, expert, { inputDim, units }));
    return;
  }
}

/** Refuses a router whose traits the contract suite of routers finds false. */
export function expectDeclaredRouter(router: Router): void {
  const inputs = router.traits && inputsOf((inputDim) => router.params(inputDim));
  if (inputs !== undefined) refuseFirst(router, (runner) => testRouterTraits(runner, router, inputs));
}

/**
 * Refuses a gate whose form or gauge the contract suite of gates finds false at so many experts. What it says that it sees
 * is left to `testGate`: at some sizes a gate that selects sees less than it says, and to look takes long.
 */
export function expectDeclaredGate(gate: Gate, experts: number): void {
  const inputDim = gate.traits && inputsOf((inputs) => gate.params(inputs, experts));
  if (inputDim === undefined) return;
  refuseFirst(gate, (runner) => testGateTraits(runner, gate, { inputDim, experts, ranks: false }));
}

/** A number of inputs that a definition takes; nothing where it refuses the other sizes. */
function inputsOf(params: (inputDim: number) => unknown): number | undefined {
  try {
    return fewestInputs(params, INPUTS).inputs;
  } catch {
    return undefined;
  }
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
