import type { Stream } from '@tfjs-moe/core';
import { drawVector, innovationsOf } from '@tfjs-moe/measures';
import type { MaximumLikelihoodFit } from '../likelihood/report/fit.ts';
import type { Sample } from '../sample.ts';
import { lawAt, type Predictive, predictive } from './predictive.ts';
import { marginalsOf } from './several.ts';

/**
 * The sample with responses that are drawn from a fit: an expert by the gate's weights, then a response from that expert's
 * law. Rows of a group have the expert that was drawn for its first row.
 */
export function simulatedSample(fit: MaximumLikelihoodFit, sample: Sample, random: Stream): Sample {
  const { measure } = fit;
  if (measure.covariances !== undefined) return ofSeveral(fit, sample, random);
  const law = predictive('simulatedSample', fit, sample.inputs, sample);
  const expertAt = expertDrawer(law, sample, random);
  const response = Float64Array.from({ length: law.n }, (_, i) =>
    law.family.draw(lawAt(law, i, expertAt(i)), random),
  );
  return { ...sample, response };
}

function ofSeveral({ measure }: MaximumLikelihoodFit, sample: Sample, random: Stream): Sample {
  const laws = marginalsOf('simulatedSample', measure, sample.inputs);
  const { n, experts } = laws[0]!;
  const covariances = measure.covariances!.map((each) => innovationsOf(each)!);
  const expertAt = expertDrawer(laws[0]!, sample, random);
  const columns = laws.map(() => new Float64Array(n));
  for (let i = 0; i < n; i++) {
    const expert = expertAt(i);
    const means = laws.map(({ outputs }) => outputs[i * experts + expert]!);
    drawVector(means, covariances[expert] ?? covariances[0]!, random).forEach((value, j) => {
      columns[j]![i] = value;
    });
  }
  return {
    ...sample,
    response: columns[0]!,
    moreResponses: sample.moreResponses!.map(({ name }, j) => ({ name, values: columns[j + 1]! })),
  };
}

/** The expert of each row in turn. */
function expertDrawer(
  { weights, experts }: Predictive,
  { groups }: Pick<Sample, 'groups'>,
  random: Stream,
): (row: number) => number {
  const expertOf = new Map<string | number, number>();
  return (row) => {
    const group = groups?.[row];
    const known = group === undefined ? undefined : expertOf.get(group);
    const expert = known ?? drawn(weights, row * experts, experts, random);
    if (group !== undefined) expertOf.set(group, expert);
    return expert;
  };
}

/** An index by probabilities that stand in a row from some place on. */
function drawn(probabilities: Float64Array, from: number, count: number, random: Stream): number {
  let rest = random.uniform();
  for (let k = 0; k < count - 1; k++) {
    rest -= probabilities[from + k]!;
    if (rest < 0) return k;
  }
  return count - 1;
}
