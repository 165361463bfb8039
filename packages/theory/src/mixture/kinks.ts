import { type MixingMeasure, readExpert, readGate } from '@tfjs-moe/measures';

/** Whether some part of the gate or expert has a kink, as ReLU has; also where that cannot be read. */
export function hasKinks({
  gate,
  expert,
  experts,
}: Pick<MixingMeasure, 'gate' | 'expert' | 'experts'>): boolean {
  return [readGate(gate, experts), readExpert(expert)].some((reading) => reading?.hasKinks ?? true);
}
