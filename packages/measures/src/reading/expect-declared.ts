/**
 * Whether definitions are what they declare. What is read of a declaration is believed by all that stands on it, from
 * canonical forms to certificates, so a false one is refused before anything is made of it.
 */
import {
  type ArrayValue,
  arrayGateOps,
  arrayInput,
  arrayOps,
  type Expert,
  type Gate,
  MoeError,
  type ParamSpecs,
  type Plugin,
  type Router,
  replicate,
} from '@tfjs-moe/core';
import { drawnData, drawnRows, type Runner, valuesOf } from '@tfjs-moe/core/testing';
import { testExpertTraits } from '@tfjs-moe/experts/testing';
import { testGateTraits, testRouterTraits } from '@tfjs-moe/gates/testing';
import { fewestInputs } from './fewest-inputs.ts';

const roles = ['gate', 'router', 'expert'];

/** Numbers of inputs, of which the first is taken that a definition runs at: of one input some features are alike. */
const INPUTS = [3, 2, 1, 4, 5, 6, 7, 8, 9, 10, 12, 16];
/** Numbers of outputs, likewise: some experts have one number of them alone. */
const UNITS = [2, 1, 3, 4, 5, 6, 7, 8, 9, 10, 12, 16];

const followed = new WeakSet<Plugin>();

/**
 * Lets a definition that is made of another be read as it declares, untried: what it declares follows from what the other was
 * held to, and may be of inputs that the other sees alone, where the contract suites ask of all inputs.
 *
 * @throws MoeError for anything but a gate, a router or an expert
 * @example const router = asDeclared({ ...linearRouter(), params: (inputDim) => linearRouter().params(inputDim - 1), logit });
 */
export function asDeclared<T extends Gate | Router | Expert>(definition: T): T {
  if (!roles.includes(definition?.role))
    throw new MoeError('asDeclared', 'a gate, a router or an expert must be given', definition);
  followed.add(definition);
  return definition;
}

/**
 * Refuses an expert whose traits the contract suite of experts finds false.
 *
 * @returns whether they are to be believed: what runs at no size that is tried is not
 */
export function expectDeclaredExpert(expert: Expert): boolean {
  if (!isTried(expert)) return true;
  for (const units of UNITS) {
    const inputDim = inputsOf(
      (inputs) => replicate(expert.params(inputs, units), 2),
      (x, p) => expert.apply(arrayOps, x, p),
    );
    if (inputDim === undefined) continue;
    refuseFirst(expert, (runner) => testExpertTraits(runner, expert, { inputDim, units }));
    return true;
  }
  return false;
}

/**
 * Refuses a router whose traits the contract suite of routers finds false.
 *
 * @returns whether they are to be believed
 */
export function expectDeclaredRouter(router: Router): boolean {
  if (!isTried(router)) return true;
  const inputs = inputsOf(
    (inputDim) => replicate(router.params(inputDim), 2),
    (x, p) => router.logit(arrayOps, x, p),
  );
  if (inputs !== undefined) refuseFirst(router, (runner) => testRouterTraits(runner, router, inputs));
  return inputs !== undefined;
}

/**
 * Refuses a gate whose form or gauge the contract suite of gates finds false at so many experts. What it says that it sees
 * is left to `testGate`: at some sizes a gate that selects sees less than it says, and to look takes long.
 *
 * @returns whether they are to be believed at so many experts
 */
export function expectDeclaredGate(gate: Gate, experts: number): boolean {
  if (!isTried(gate)) return true;
  const inputDim = inputsOf(
    (inputs) => gate.params(inputs, experts),
    (x, p) => gate.route(arrayGateOps(), x, p, { experts, training: false }),
  );
  if (inputDim !== undefined)
    refuseFirst(gate, (runner) => testGateTraits(runner, gate, { inputDim, experts, ranks: false }));
  return inputDim !== undefined;
}

const isTried = (definition: Gate | Router | Expert): boolean =>
  definition.traits !== undefined && !followed.has(definition);

/** A number of inputs at which a definition runs; nothing where there is none, or it refuses the other sizes. */
function inputsOf(
  params: (inputDim: number) => ParamSpecs,
  run: (x: ArrayValue, p: Record<string, ArrayValue>) => unknown,
): number | undefined {
  for (const from of INPUTS) {
    try {
      const { inputs, specs } = fewestInputs(params, from);
      run(arrayInput(drawnRows(2, inputs, 1)), valuesOf(specs, drawnData(specs, 1)));
      return inputs;
    } catch {}
  }
  return undefined;
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
