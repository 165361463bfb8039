import { type Contest, differences, spreadOf } from './contest.ts';

/** Who is better, in words that the numbers bear. */
export function verdict({ finished, ratio, isGiven }: Contest): string[] {
  const said = [
    sentence('After as many steps', differences(finished, 'dense')),
    sentence('After as much time', differences(finished, 'dense, equal time')),
  ];
  if (ratio !== undefined)
    said.push(
      isGiven
        ? `As much time was given as ${ratio.toFixed(2)} times as many steps of the dense network: what a step takes was not asked of this machine.`
        : `A step of the mixture takes ${ratio.toFixed(2)} times as long as one of the dense network on this machine.`,
    );
  return said.filter((text) => text !== undefined);
}

function sentence(when: string, values: readonly number[]): string | undefined {
  const spread = spreadOf(values);
  if (spread === undefined) return undefined;
  const { mean, least, most, seeds } = spread;
  const size = `${Math.abs(mean).toFixed(3)} bits per character`;
  const range = seeds === 1 ? 'under one seed' : `over ${seeds} seeds (${signed(least)} to ${signed(most)})`;
  if (seeds === 1)
    return `${when}, the mixture is ${size} ${mean < 0 ? 'ahead' : 'behind'} ${range}, which shows little.`;
  if (most < 0) return `${when}, the mixture is ${size} ahead, under every seed: ${range}.`;
  if (least > 0) return `${when}, the mixture is ${size} behind, under every seed: ${range}.`;
  return `${when}, neither is better under every seed: the mixture is ${size} ${mean < 0 ? 'ahead' : 'behind'} ${range}.`;
}

/** -0.021, +0.004. */
function signed(value: number): string {
  return `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(3)}`;
}
