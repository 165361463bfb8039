import type { Config, GateParamSpec } from '@tfjs-moe/core';
import type { Editable } from '../measure/editable.ts';

/** A hidden unit: the places of its incoming numbers, and of the outgoing ones. */
interface Unit {
  readonly incoming: readonly Place[];
  readonly outgoing: readonly Place[];
}
type Place = readonly [name: string, index: number];

/**
 * Signs and order inside an expert: the parameters that give the same function $h(x, \eta)$.
 *
 * A hidden tanh unit is odd, $v\tanh(z) = (-v)\tanh(-z)$; a sigmoid is up to a constant, $v\,\sigma(z) = v +
 * (-v)\,\sigma(-z)$, which the next bias takes; the factor without activation of a gated unit may change its sign with its
 * output weights; an even power does not see the sign of its argument. GELU has no such symmetry by itself, since
 * $\mathrm{gelu}(z) = z + \mathrm{gelu}(-z)$. The sign is chosen so that the first number that is not 0 is positive, and
 * hidden units are sorted by their numbers.
 */
export function canonicalExperts(
  config: Config,
  specs: Readonly<Record<string, GateParamSpec>>,
  numbers: Editable,
): void {
  const copies = Math.max(...Object.values(specs).map((spec) => spec.copies));
  for (let copy = 0; copy < copies; copy++) {
    const of = table(specs, numbers, copy);
    switch (config.kind) {
      case 'ffn':
      case 'normalizedFfn':
        canonicalLayers(config, of);
        break;
      case 'gatedFfn':
        canonicalGated(of);
        break;
      case 'polynomial':
        if ((config.degree as number) % 2 === 0) canonicalPower(of);
        break;
    }
  }
}

/** The numbers of one copy, by name, row and column. */
function table(specs: Readonly<Record<string, GateParamSpec>>, numbers: Editable, copy: number) {
  const shapeOf = (name: string): readonly [number, number] | undefined => {
    const shape = specs[name]?.shape;
    return shape && (shape.length === 2 ? shape : [1, shape[0]]);
  };
  const offset = ([rows, columns]: readonly [number, number]) => copy * rows * columns;
  return {
    column(name: string, j: number): Place[] {
      const shape = shapeOf(name);
      return shape === undefined
        ? []
        : Array.from({ length: shape[0] }, (_, i) => [name, offset(shape) + i * shape[1] + j] as const);
    },
    row(name: string, i: number): Place[] {
      const shape = shapeOf(name);
      return shape === undefined
        ? []
        : Array.from({ length: shape[1] }, (_, j) => [name, offset(shape) + i * shape[1] + j] as const);
    },
    columns: (name: string) => shapeOf(name)?.[1] ?? 0,
    has: (name: string) => specs[name] !== undefined,
    read: ([name, index]: Place) => (numbers[name] as number[])[index] as number,
    write([name, index]: Place, value: number) {
      (numbers[name] as number[])[index] = value;
    },
  };
}
type Table = ReturnType<typeof table>;

function canonicalLayers({ hiddenUnits, activation }: Config, of: Table): void {
  const hidden = (hiddenUnits as readonly number[]).length;
  for (let n = 1; n <= hidden; n++) {
    const next = `layer_${n + 1}`;
    const units = Array.from({ length: of.columns(`layer_${n}/kernel`) }, (_, j) => ({
      incoming: [...of.column(`layer_${n}/kernel`, j), ...of.column(`layer_${n}/bias`, j)],
      outgoing: of.row(`${next}/kernel`, j),
    }));
    if (activation === 'tanh') {
      for (const unit of units)
        if (flips(of, unit.incoming)) negate(of, [...unit.incoming, ...unit.outgoing]);
    }
    if (activation === 'sigmoid' && of.has(`${next}/bias`)) {
      const bias = of.row(`${next}/bias`, 0);
      for (const unit of units) {
        if (!flips(of, unit.incoming)) continue;
        unit.outgoing.forEach((place, u) => {
          const constant = bias[u] as Place;
          of.write(constant, of.read(constant) + of.read(place));
        });
        negate(of, [...unit.incoming, ...unit.outgoing]);
      }
    }
    sort(of, units);
  }
}

function canonicalGated(of: Table): void {
  const units = Array.from({ length: of.columns('kernel_up') }, (_, j) => {
    const gate = [...of.column('kernel_gate', j), ...of.column('bias_gate', j)];
    const up = [...of.column('kernel_up', j), ...of.column('bias_up', j)];
    const outgoing = of.row('kernel_down', j);
    if (flips(of, up)) negate(of, [...up, ...outgoing]);
    return { incoming: [...gate, ...up], outgoing };
  });
  sort(of, units);
}

function canonicalPower(of: Table): void {
  for (let u = 0; u < of.columns('kernel'); u++) {
    const places = [...of.column('kernel', u), ...of.column('bias', u)];
    if (flips(of, places)) negate(of, places);
  }
}

function flips(of: Table, places: readonly Place[]): boolean {
  const first = places.map(of.read).find((value) => value !== 0);
  return first !== undefined && first < 0;
}

function negate(of: Table, places: readonly Place[]): void {
  for (const place of places) {
    const value = of.read(place);
    of.write(place, value === 0 ? 0 : -value);
  }
}

/** Sorts hidden units by their incoming numbers, which move with their outgoing ones. */
function sort(of: Table, units: readonly Unit[]): void {
  const numbers = units.map(({ incoming, outgoing }) => [...incoming, ...outgoing].map(of.read));
  const sorted = [...numbers].sort((a, b) => {
    const at = a.findIndex((value, i) => value !== b[i]);
    return at < 0 ? 0 : (a[at] as number) - (b[at] as number);
  });
  units.forEach(({ incoming, outgoing }, j) => {
    [...incoming, ...outgoing].forEach((place, i) => {
      of.write(place, (sorted[j] as number[])[i] as number);
    });
  });
}
