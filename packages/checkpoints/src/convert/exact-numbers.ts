import { families } from '../families/families.ts';
import { bitsOf } from '../safetensors/dtype.ts';
import type { Checkpoint, Dtype } from '../safetensors/index.ts';

/** The last word of the names of selection biases, which every family's models keep in F32. */
const biases: ReadonlySet<string> = /* @__PURE__ */ new Set(
  Object.values(families).flatMap(({ selectionBias = [] }) => selectionBias.map((name) => lastWord(name))),
);

/** A scale, several, or the inverse of one, of a weight or of an input. */
const scale = /(^|_)scales?(_inv|_\d+)?$/;

/**
 * Which tensors mean something only where their numbers are exact: those of a selection bias, which decide between
 * experts that are almost alike and move by thousandths, and the scales of weights that are stored in few bits, of which each
 * is a factor of many.
 */
export async function exactTensors(checkpoint: Checkpoint): Promise<(name: string) => boolean> {
  const inFewBits = new Set<string>();
  for (const name of checkpoint.names)
    if (isPacked((await checkpoint.info(name)).dtype)) inFewBits.add(moduleOf(name));
  return (name) =>
    biases.has(lastWord(name)) || (scale.test(lastWord(name)) && inFewBits.has(moduleOf(name)));
}

/** Numbers of 8 bits or fewer are no numbers by themselves. */
function isPacked(dtype: Dtype): boolean {
  return dtype !== 'BOOL' && bitsOf(dtype) <= 8;
}

function lastWord(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1);
}

function moduleOf(name: string): string {
  return name.slice(0, Math.max(0, name.lastIndexOf('.')));
}
