import { mapNames, type Numbers, type ParamSpecs } from '@tfjs-moe/core';
import { type MixingMeasure, measureSpecs } from '@tfjs-moe/measures';
import { paramLabels } from '@tfjs-moe/numerics';
import { parameterNamed } from '../mixture/ties.ts';

/** The numbers of a mixture by the names that they have in relations: `expert/kernel[0,0]#1`. */
export function parameterValues(of: MixingMeasure): ReadonlyMap<string, number> {
  const values = new Map<string, number>();
  for (const [label, value] of placesOf(of)) values.set(label, value);
  return values;
}

/** The mixture with other numbers in place of those that are named. */
export function withValues(of: MixingMeasure, changed: ReadonlyMap<string, number>): MixingMeasure {
  const specs = measureSpecs(of);
  const numbersOf = (part: 'gate' | 'expert', named: ParamSpecs, numbers: Numbers) =>
    mapNames(named, (spec, name) => {
      const labels = labelsOf(name, spec);
      return numbers[name]!.map(
        (value, i) => changed.get(parameterNamed(of, `${part}/${labels[i]}`)) ?? value,
      );
    });
  return {
    ...of,
    gateParams: numbersOf('gate', specs.gate, of.gateParams),
    expertParams: numbersOf('expert', specs.expert, of.expertParams),
  };
}

/** Names of all numbers of a parameter, also of one that training may not change. */
const labelsOf = (name: string, spec: ParamSpecs[string]) =>
  paramLabels({ [name]: { ...spec, trainable: true } });

function placesOf(of: MixingMeasure): (readonly [label: string, value: number])[] {
  const specs = measureSpecs(of);
  const all = (part: 'gate' | 'expert', named: ParamSpecs, numbers: Numbers) =>
    Object.entries(named).flatMap(([name, spec]) =>
      labelsOf(name, spec).map((label, i) => [`${part}/${label}`, numbers[name]![i]!] as const),
    );
  return [...all('gate', specs.gate, of.gateParams), ...all('expert', specs.expert, of.expertParams)];
}
