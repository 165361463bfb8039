/** A trained mixture at another temperature than it was trained at. */
import { sample } from '../cells.ts';
import { gateWeights, type Mixture, predict } from '../mixture.ts';

const data = sample();
const inputs = data.map(({ at }) => at);

export function withTemperature(mixture: Mixture, temperature: number): Mixture {
  return { ...mixture, parameters: { ...mixture.parameters, 'gate/temperature': [temperature] } };
}

/** On the places that were learnt from. */
export function meanSquaredError(mixture: Mixture): number {
  const errors = predict(mixture, inputs).map((value, t) => (value - data[t]!.y) ** 2);
  return errors.reduce((sum, error) => sum + error, 0) / errors.length;
}

/** Mean number of experts whose weight is above a threshold. */
export function usedExperts(mixture: Mixture, threshold: number): number {
  const counts = gateWeights(mixture, inputs).map((row) => row.filter((weight) => weight > threshold).length);
  return counts.reduce((sum, count) => sum + count, 0) / counts.length;
}
