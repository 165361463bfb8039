import {
  type Expert,
  type Gate,
  type GateForm,
  type GateTraits,
  MoeError,
  type Ops,
  type ParamSpec,
  type Router,
} from '@tfjs-moe/core';
import {
  asDeclared,
  expertTraits,
  familyFor,
  gateTraits,
  type LawImage,
  type MeasureShape,
  readGate,
  routerTraits,
  selects,
} from '@tfjs-moe/measures';
import type { HeldShape } from '../mixture/held.ts';
import { knownOfLaws, LAW, lawSpec, mixedImage } from './laws-per-expert.ts';
import { outputsOf, type ReadModel } from './model.ts';

/** Smallest number that is drawn for a variance or a shape. */
const LEAST = 1 / 8;

/**
 * A conditional density as a mixture that every question can be asked of: the gate sees x, and expert e says
 * $\ell(s; h_e(x), \varphi_e)$, the image of its law, at inputs (x, s).
 *
 * $\sum_e w_e(x)\,\ell(s; h_e(x), \varphi_e)$ is linear in the laws, so relations between its derivatives in all parameters are
 * those of the densities. The number beside the outputs is one more parameter of the expert, shared where all have one. Where
 * families differ, known numbers of the experts say which each has.
 */
export function densityPair(who: string, shape: MeasureShape, model: ReadModel): HeldShape {
  const { laws } = model;
  familyFor(who, model.family, shape.experts);
  const extra = model.image.arguments(model.classes);
  const own = Array.from({ length: shape.inputDim }, (_, u) => u);
  return {
    gate: gateOfInputs(who, shape.gate, shape.experts, own, extra),
    expert: lawOf(who, shape.expert, own, extra, model),
    inputDim: shape.inputDim + extra,
    experts: shape.experts,
    ...(laws && knownOfLaws(laws, noisesOf(shape.expert, own.length, model))),
  };
}

/** The names that the numbers beside the outputs have as parameters of an expert, by those of the images. */
function noisesOf(expert: Expert, inputDim: number, model: ReadModel): ReadonlyMap<string, string> {
  const taken = Object.keys(expert.params(inputDim, outputsOf(expert, model)));
  const names = imagesOf(model).flatMap(({ dispersion }) => dispersion?.name ?? []);
  return new Map([...new Set(names)].map((name) => [name, uniqueName(name, taken)]));
}

const imagesOf = ({ image, laws }: ReadModel): readonly LawImage[] => laws?.images ?? [image];

/** An expert that says the image of its law. */
function lawOf(who: string, expert: Expert, own: readonly number[], extra: number, model: ReadModel): Expert {
  const { image, laws, variances, trials, classes } = model;
  const units = outputsOf(expert, model);
  const noises = noisesOf(expert, own.length, model);
  if (laws !== undefined && LAW in expert.params(own.length, units))
    throw new MoeError(who, `an expert with a parameter ${LAW} cannot be judged: it says which law one has`);
  const spec: ParamSpec = {
    shape: [1],
    initializer: { kind: 'ones' },
    constraint: { min: LEAST },
    shared: variances === 'common',
  };
  const arguments_ = Array.from({ length: extra }, (_, i) => own.length + i);
  return Object.freeze({
    role: 'expert' as const,
    kind: expert.kind,
    config: expert.config,
    params: (inputDim: number) => ({
      ...expert.params(inputsWithout(inputDim, extra), units),
      ...Object.fromEntries([...noises.values()].map((noise) => [noise, spec])),
      ...(laws && { [LAW]: lawSpec(laws) }),
    }),
    apply<V>(ops: Ops<V>, x: V, p: Readonly<Record<string, V>>): V {
      const outputs = expert.apply(ops, ops.take(x, own), p);
      const relative =
        model.family.isClass === true && units === classes
          ? ops.sub(
              ops.take(
                outputs,
                Array.from({ length: units - 1 }, (_, c) => c),
              ),
              ops.take(outputs, [units - 1]),
            )
          : outputs;
      const s = ops.take(x, arguments_);
      const said = (of: LawImage) => {
        const dispersion = of.dispersion && p[noises.get(of.dispersion.name)!];
        return of.of(ops, relative, s, { dispersion, trials, classes });
      };
      return laws === undefined ? said(image) : mixedImage(ops, laws, p[LAW]!, said);
    },
    traits: { units: expertTraits(expert).units ?? [] },
  });
}

/** A gate that does not see the last inputs, and whose weights are a law. */
function gateOfInputs(who: string, gate: Gate, experts: number, own: readonly number[], extra: number): Gate {
  const isSparse = selects({ gate, experts });
  if (experts > 1 && gate.expertsPerToken(experts) === 1) {
    throw new MoeError(
      who,
      `the density under the gate ${gate.kind} cannot be judged: where one expert is selected it is the whole law, and the gate is seen in the borders alone`,
    );
  }
  if (!isSparse && readGate(gate, experts)?.sumsToOne !== true) {
    throw new MoeError(
      who,
      `the density under the gate ${gate.kind} cannot be judged: its weights are not known to sum to 1, and are no law of an expert`,
    );
  }
  const { sources: _, ...traits } = gateTraits(gate, experts);
  const form = (of: GateForm | undefined) => of && formOfInputs(of, own, extra);
  const wrapped: GateTraits = {
    form: form(traits.form),
    sees: form(traits.sees),
    ...(traits.gauge && {
      gauge: (inputDim: number, count: number) => traits.gauge!(inputsWithout(inputDim, extra), count),
    }),
  };
  return Object.freeze({
    ...gate,
    ...(gate.router && { router: routerOfInputs(gate.router, own, extra) }),
    params: (inputDim: number, count: number) => gate.params(inputsWithout(inputDim, extra), count),
    route: ((ops, x, p, context) => {
      const routing = gate.route(ops, ops.take(x, own), p, context);
      if (!isSparse) return routing;
      return { ...routing, weights: ops.div(routing.weights, ops.sumExperts(routing.weights)) };
    }) as Gate['route'],
    traits: wrapped,
  });
}

/** The same form of routers that do not see the last inputs; where it selects, as a law. */
function formOfInputs(form: GateForm, own: readonly number[], extra: number): GateForm {
  if (form.type === 'hierarchical') {
    const level = (of: GateForm) => formOfInputs(of, own, extra);
    return { ...form, outer: level(form.outer), inner: level(form.inner) };
  }
  const router = routerOfInputs(form.router, own, extra);
  const { selection } = form;
  if (selection === undefined) return { ...form, router };
  return { ...form, router, selection: { ...selection, renormalized: true, scale: 1 } };
}

function routerOfInputs(router: Router, own: readonly number[], extra: number): Router {
  const { sources: _, ...traits } = routerTraits(router);
  // Of the inputs that it sees, its form is that of the router; the suite of routers would ask for all.
  return asDeclared(
    Object.freeze({
      ...router,
      params: (inputDim: number) => router.params(inputsWithout(inputDim, extra)),
      logit: ((ops, x, p) => router.logit(ops, ops.take(x, own), p)) as Router['logit'],
      traits,
    }),
  );
}

function inputsWithout(inputDim: number, extra: number): number {
  if (inputDim > extra) return inputDim - extra;
  throw new MoeError('densityIdentifiability', `needs more than ${extra} inputs`, inputDim);
}

const uniqueName = (name: string, others: readonly string[]) =>
  others.includes(name) ? `law/${name}` : name;
