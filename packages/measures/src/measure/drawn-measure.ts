import { type GateParamSpec, MoeError, mapNames, type Numbers, type ParamSpecs } from '@tfjs-moe/core';
import { type MeasureShape, type MixingMeasure, specsFor } from './mixing-measure.ts';

/** All numbers of a parameter, copy by copy. */
export type DrawParameter = (spec: GateParamSpec, part: 'gate' | 'expert', name: string) => readonly number[];

/** A measure of a shape whose numbers are drawn, parameter by parameter, those of the gate first. */
export function drawnMeasure(shape: MeasureShape, draw: DrawParameter): MixingMeasure {
  const who = 'drawnMeasure';
  const specs = specsFor(who, 'shape', shape);
  if (typeof draw !== 'function') throw new MoeError(who, 'draw must be a function', draw);
  const drawAll = (named: ParamSpecs, part: 'gate' | 'expert'): Numbers =>
    mapNames(named, (spec, name) => draw(spec, part, name));
  const gateParams = drawAll(specs.gate, 'gate');
  return { ...shape, gateParams, expertParams: drawAll(specs.expert, 'expert') };
}
