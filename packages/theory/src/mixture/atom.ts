import {
  type CompetitiveForm,
  type GateParamSpec,
  mapNames,
  type Numbers,
  type ParamSpecs,
  paramSize,
  prefixed,
  replicate,
  type SigmoidForm,
  scoped,
} from '@tfjs-moe/core';
import { type MixingMeasure, measureSpecs } from '@tfjs-moe/measures';
import {
  gridInput,
  gridParams,
  type Jet,
  jets,
  type Order,
  paramLabels,
  type Ring,
} from '@tfjs-moe/numerics';
import { heldOf } from './held.ts';
import { idealOps } from './ideal-ops.ts';
import { parameterPlaces, tiedWith } from './ties.ts';

export interface Coordinate {
  readonly part: 'gate' | 'expert';
  /** As in the Jacobian: `gate/router/kernel[0]#1`. */
  readonly label: string;
  /** Without the number of the copy: `gate/router/kernel[0]`. */
  readonly name: string;
  /** Name of the parameter that it is an entry of, without its part: `router/kernel`. */
  readonly parameter: string;
  readonly value: number;
  /** The gate's bias, which holds the logarithm of the mass. */
  readonly isBias: boolean;
  /** Whether other atoms have the same parameter. */
  readonly isShared: boolean;
  /** Whether it is a number that is known, and nothing is differentiated in it. */
  readonly isKnown: boolean;
}

/**
 * One atom of a mixture: its logit $z_e$ and its expert $h_e$ as jets in the atom's own coordinates, which are the
 * parameters of its router, its bias, the temperature, and those of its expert.
 *
 * Jets of one atom are short; those of a whole routing carry the parameters of all atoms.
 */
export interface Atom {
  readonly index: number;
  /** In the order of the jets' indices. */
  readonly coordinates: readonly Coordinate[];
  logit<S>(ring: Ring<S>, x: readonly S[], order: Order): Jet<S>;
  output<S>(ring: Ring<S>, x: readonly S[], order: Order): Jet<S>;
}

/** The atoms of a measure whose gate, or a level of it, has a form. */
export function atomsOf(of: MixingMeasure, form: CompetitiveForm | SigmoidForm): Atom[] {
  return Array.from({ length: of.experts }, (_, e) => atomOf(of, form, e));
}

function atomOf(of: MixingMeasure, form: CompetitiveForm | SigmoidForm, index: number): Atom {
  const all = measureSpecs(of);
  const { router, path, bias } = form;
  const temperature = form.type === 'competitive' ? form.temperature : undefined;
  const single = (spec: GateParamSpec): GateParamSpec => ({ ...spec, copies: 1 });
  const gateSpecs: ParamSpecs = {
    ...mapNames(prefixed(path, router.params(of.inputDim)), (_, name) => single(all.gate[name]!)),
    ...(bias !== undefined && { [bias]: single(all.gate[bias]!) }),
    ...(temperature !== undefined && { [temperature]: single(all.gate[temperature]!) }),
  };
  const expertSpecs: ParamSpecs = replicate(of.expert.params(of.inputDim, 1), 1);
  const gateData = ownNumbers(gateSpecs, all.gate, of.gateParams, of.experts, index);
  const expertData = ownNumbers(expertSpecs, all.expert, of.expertParams, of.experts, index);
  const ofGate = coordinatesOf(of, 'gate', gateSpecs, all.gate, gateData, index, bias);
  const ofExpert = coordinatesOf(of, 'expert', expertSpecs, all.expert, expertData, index);
  const { coordinates, indices } = withoutTies(of, [...ofGate, ...ofExpert]);
  const [gateIndices, expertIndices] = [indices.slice(0, ofGate.length), indices.slice(ofGate.length)];
  return {
    index,
    coordinates,
    logit<S>(ring: Ring<S>, x: readonly S[], order: Order): Jet<S> {
      const ops = idealOps(ring, order);
      const p = gridParams(ring, gateSpecs, gateData, gateIndices);
      let z = router.logit(ops, gridInput(x), scoped(path, p));
      if (bias !== undefined) z = ops.add(z, p[bias]!);
      if (temperature !== undefined) z = ops.div(z, p[temperature]!);
      return z.entries[0]!;
    },
    output<S>(ring: Ring<S>, x: readonly S[], order: Order): Jet<S> {
      const p = gridParams(ring, expertSpecs, expertData, expertIndices);
      return of.expert.apply(idealOps(ring, order), gridInput(x), p).entries[0]!;
    },
  };
}

/** The numbers of one atom; shared parameters belong to every atom. */
function ownNumbers(
  specs: ParamSpecs,
  all: ParamSpecs,
  numbers: Numbers,
  experts: number,
  index: number,
): Numbers {
  return mapNames(specs, (spec, name) => {
    const size = paramSize(spec);
    const from = isOfAtoms(all[name]!, experts) ? index * size : 0;
    return numbers[name]!.slice(from, from + size);
  });
}

const isOfAtoms = (spec: GateParamSpec, experts: number) => spec.copies === experts && !spec.shared;

function coordinatesOf(
  of: MixingMeasure,
  part: 'gate' | 'expert',
  specs: ParamSpecs,
  all: ParamSpecs,
  data: Numbers,
  index: number,
  bias?: string,
): Coordinate[] {
  const { experts } = of;
  const held = heldOf(of);
  return Object.entries(specs).flatMap(([parameter, spec]) => {
    const own = isOfAtoms(all[parameter]!, experts);
    const suffix = own && experts > 1 ? `#${index}` : '';
    return paramLabels({ [parameter]: spec }).map((place, i) => ({
      part,
      label: `${part}/${place}${suffix}`,
      name: `${part}/${place}`,
      parameter,
      value: data[parameter]![i]!,
      isBias: parameter === bias,
      isShared: !own,
      isKnown: held.has(`${part}/${place}${suffix}`),
    }));
  });
}

/**
 * One coordinate for all numbers of an atom that are one parameter. What numbers of other atoms are too, or parameters of
 * the gate that no atom has, is no atom's own.
 */
function withoutTies(
  of: MixingMeasure,
  all: readonly Coordinate[],
): { readonly coordinates: readonly Coordinate[]; readonly indices: readonly number[] } {
  const { indices, names } = parameterPlaces(
    of,
    all.map(({ label }) => label),
  );
  const coordinates = names.map((label, place): Coordinate => {
    const own = all.filter((_, i) => indices[i] === place);
    const isWhole = tiedWith(of, label).length === own.length;
    const isBias = own.every((coordinate) => coordinate.isBias);
    return { ...own[0]!, label, isBias, isShared: !isWhole || own.some(({ isShared }) => isShared) };
  });
  return { coordinates, indices };
}

/** Whether an atom has a bias that is its own to estimate, which holds the logarithm of its mass. */
export function hasMass({ coordinates }: Atom): boolean {
  return coordinates.some(({ isBias, isKnown, isShared }) => isBias && !isKnown && !isShared);
}

/** The product of two jets. */
export function jetProduct<S>(ring: Ring<S>, a: Jet<S>, b: Jet<S>, order: Order): Jet<S> {
  return jets(ring, order).dot([a], [b]);
}
