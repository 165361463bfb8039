import type { ParamSpecs, SignChange, Units } from '@tfjs-moe/core';
import { type Place, type Unit, unitsIn } from '../gauge/unit-places.ts';
import type { Editable } from '../measure/editable.ts';

/** A length that is 1 up to rounding stays as it is, so that a canonical form is its own. */
const ROUNDING = 1e-14;

/**
 * Scale, signs and order inside an expert or a router: of all parameters that give the same function, one.
 *
 * What leads to a ReLU unit gets length 1, $v\,\mathrm{relu}(z) = cv\,\mathrm{relu}(z / c)$. A hidden tanh unit is odd,
 * $v\tanh(z) = (-v)\tanh(-z)$; a sigmoid is up to a constant, $v\,\sigma(z) = v + (-v)\,\sigma(-z)$, which the next bias
 * takes; the factor without activation of a gated unit may change its sign with its output weights; an even power does not
 * see the sign of its argument. The sign is chosen so that the first number that is not 0 is positive, and hidden units are
 * sorted by their numbers. Which of this holds, the definition says (`Units`), or its formula. GELU has no such symmetry by
 * itself, since $\mathrm{gelu}(z) = z + \mathrm{gelu}(-z)$.
 *
 * Changes the numbers in place. What training may not change, or a box holds, keeps its scale and sign.
 */
export function canonicalUnits(
  all: readonly Units[],
  specs: ParamSpecs,
  numbers: Editable,
  nameOf: (name: string) => string = (name) => name,
): void {
  const isFree = (names: readonly string[]) =>
    names
      .map(nameOf)
      .every((name) => specs[name]!.trainable !== false && specs[name]!.constraint === undefined);
  for (const units of all) {
    const { signs = [], scales = [], incoming, outgoing } = units;
    for (const group of unitsIn(units, specs, nameOf)) {
      for (const unit of group) {
        for (const { multiplied, divided } of scales) {
          if (isFree([...multiplied, ...divided]))
            toUnitLength(numbers, unit.of(multiplied), unit.of(divided));
        }
        for (const sign of signs) {
          if (isFree([...sign.negated, ...(sign.constant === undefined ? [] : [sign.constant])]))
            toPositive(numbers, unit, sign);
        }
      }
      if (outgoing.length > 0 && isFree([...incoming, ...outgoing])) sort(numbers, group);
    }
  }
}

function toUnitLength(numbers: Editable, multiplied: readonly Place[], divided: readonly Place[]): void {
  const length = Math.sqrt(multiplied.reduce((sum, place) => sum + read(numbers, place) ** 2, 0));
  if (!(length > 0 && Number.isFinite(length)) || Math.abs(length - 1) <= ROUNDING) return;
  for (const place of multiplied) write(numbers, place, read(numbers, place) / length);
  for (const place of divided) write(numbers, place, read(numbers, place) * length);
}

function toPositive(numbers: Editable, unit: Unit, { negated, constant }: SignChange): void {
  const places = unit.of(negated);
  const first = places.map((place) => read(numbers, place)).find((value) => value !== 0);
  if (first === undefined || first > 0) return;
  if (constant !== undefined) {
    for (const [to, from] of unit.constants(constant))
      write(numbers, to, read(numbers, to) + read(numbers, from));
  }
  for (const place of places) write(numbers, place, 0 - read(numbers, place));
}

/** Sorts units by their incoming numbers, which move with their outgoing ones. */
function sort(numbers: Editable, group: readonly Unit[]): void {
  const placesOf = ({ incoming, outgoing }: Unit) => [...incoming, ...outgoing];
  const rows = group.map((unit) => placesOf(unit).map((place) => read(numbers, place)));
  const sorted = [...rows].sort((a, b) => {
    const at = a.findIndex((value, i) => value !== b[i]);
    return at < 0 ? 0 : a[at]! - b[at]!;
  });
  group.forEach((unit, j) => {
    placesOf(unit).forEach((place, i) => {
      write(numbers, place, sorted[j]![i]!);
    });
  });
}

function read(numbers: Editable, [name, index]: Place): number {
  return numbers[name]![index]!;
}

function write(numbers: Editable, [name, index]: Place, value: number): void {
  numbers[name]![index] = value;
}
