import type { Config, Json } from '@tfjs-moe/core';

/** A copy of a parameter of the gate. */
export interface GaugeParameter {
  readonly name: string;
  readonly copy: number;
}

/**
 * The gauge of a gate: parameters that a change of all others makes up for, and which the theory therefore fixes.
 *
 * A softmax does not see a common shift of its logits: the last atom's $\beta_0$ is fixed, and with a linear router its
 * $\beta_1$ too, and so it is where a selection follows the logits of a softmax. A Euclidean router is a linear one in
 * other coordinates, $-s\lVert x - c\rVert^2 = 2s\,c^\top x - s\lVert c\rVert^2 - s\lVert x\rVert^2$: all centres may move by
 * the same t if the biases make up for it, so with biases the last centre is fixed too. A hierarchical softmax has one
 * such softmax per level and group. The sigmoid gate has none, and of gates that are not listed here none is taken away.
 *
 * An invariance of a single atom is no gauge: that the length of a cosine router's kernel does not matter is reported as
 * a relation, because other options of the router mend it.
 *
 * The parameters that the gauge of a gate for so many experts fixes, named as in the gate's own parameters.
 */
export function gaugeOf(config: Config, experts: number, path = ''): GaugeParameter[] {
  switch (config.kind) {
    case 'softmax':
    case 'temperature':
    case 'noisyTopK':
    case 'switchGate':
      return lastOf(config, experts, path);
    case 'topK':
      return gaugeOf(config.weighting as Config, experts, path);
    case 'hierarchical': {
      const groups = config.groups as number;
      const members = experts / groups;
      const inner = gaugeOf(config.inner as Config, members, `${path}inner/`);
      return [
        ...gaugeOf(config.outer as Config, groups, `${path}outer/`),
        ...Array.from({ length: groups }, (_, g) =>
          inner.map(({ name, copy }) => ({ name, copy: g * members + copy })),
        ).flat(),
      ];
    }
    default:
      return [];
  }
}

function lastOf({ router, useBias }: Config, experts: number, path: string): GaugeParameter[] {
  const copy = experts - 1;
  const hasBias = useBias !== false;
  const kind = kindOf(router);
  return [
    ...(hasBias ? [{ name: `${path}bias`, copy }] : []),
    ...(kind === 'linear' ? [{ name: `${path}router/kernel`, copy }] : []),
    ...(kind === 'euclidean' && hasBias ? [{ name: `${path}router/center`, copy }] : []),
  ];
}

function kindOf(config: Json | undefined): Json | undefined {
  return typeof config === 'object' && config !== null && 'kind' in config ? config.kind : undefined;
}
