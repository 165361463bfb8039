import { type Config, type Expert, type Gate, getExpert, getGate, type Json } from '@tfjs-moe/core';
import type { Subject } from './subject.ts';

/** Largest sizes that are judged as they are. */
export interface Sizes {
  readonly inputDim: number;
  readonly atoms: number;
  readonly hiddenUnits: number;
}

/** A subject of sizes that can be judged. */
export interface Judged {
  readonly gate: Gate;
  readonly expert: Expert;
  readonly inputDim: number;
  readonly atoms: number;
  /** What was made smaller, in words; empty where nothing was. */
  readonly reduced: readonly string[];
}

const who = 'reportCard';

/**
 * The size at which a report judges: a real layer has too many parameters for exact arithmetic, and needs no more than a
 * few inputs, atoms and hidden units to show its relations.
 *
 * Relations are made of the forms of gate and expert, not of their sizes; that they are the same at other sizes is an
 * observation (the table of verdicts), not a theorem. So a card says what it was judged at.
 */
export function reduced(subject: Subject, most: Sizes): Judged {
  const notes: string[] = [];
  const smaller = (what: string, size: number, limit: number) => {
    if (size <= limit) return size;
    notes.push(`${what}: ${limit} instead of ${size}`);
    return limit;
  };
  const inputDim = smaller('inputs', subject.inputDim ?? most.inputDim, most.inputDim);
  if (subject.inputDim === undefined)
    notes.push(`inputs: ${inputDim}, since the layer does not say how many`);
  const isTree = subject.gate.kind === 'hierarchical';
  const atoms = smaller(
    'experts',
    subject.atoms,
    isTree ? Math.max(4, most.atoms - (most.atoms % 2)) : most.atoms,
  );
  const shrink = (config: Config): Config => shrunk(config, atoms, most.hiddenUnits, smaller);
  const gate = shrink(subject.gate.config);
  const expert = shrink(subject.expert.config);
  if (subject.units > 1) notes.push(`outputs: 1 instead of ${subject.units}`);
  if (notes.length === 0) return { ...subject, inputDim, reduced: notes };
  return {
    gate: getGate(gate, who),
    expert: getExpert(expert, who),
    inputDim,
    atoms,
    reduced: notes,
  };
}

/** A config whose widths and selections fit a smaller mixture. */
function shrunk(
  config: Config,
  atoms: number,
  hidden: number,
  smaller: (what: string, size: number, limit: number) => number,
): Config {
  const inner = (value: Json | undefined, among: number) =>
    typeof value === 'object' && value !== null && 'kind' in value
      ? shrunk(value as Config, among, hidden, smaller)
      : value;
  const groups = typeof config.groups === 'number' ? smaller('groups', config.groups, Math.min(2, atoms)) : 1;
  const width = (value: Json | undefined) =>
    typeof value === 'number' ? smaller('hidden units', value, hidden) : value;
  return {
    ...config,
    ...(config.groups !== undefined && { groups }),
    ...(config.outer !== undefined && { outer: inner(config.outer, groups) }),
    ...(config.inner !== undefined && { inner: inner(config.inner, atoms / groups) }),
    ...(config.weighting !== undefined && { weighting: inner(config.weighting, atoms) }),
    ...(config.router !== undefined && { router: inner(config.router, atoms) }),
    // A selection of all experts would be none.
    ...(typeof config.k === 'number' && {
      k: smaller('experts per token', config.k, Math.max(1, atoms - 1)),
    }),
    ...(config.hiddenUnits !== undefined && {
      hiddenUnits: Array.isArray(config.hiddenUnits)
        ? config.hiddenUnits.map(width)
        : width(config.hiddenUnits),
    }),
  } as Config;
}
