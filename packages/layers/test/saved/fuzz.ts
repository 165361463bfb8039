/** Loads damaged models, and says which of them ended otherwise than they may. */
import { MoeError, stream } from '@tfjs-moe/core';
import { mutated } from './mutations.ts';
import { everyKind, load, modelOf, outputsOf, type Saved, save } from './saved-models.ts';

const OTHER = 'other outputs';

/** What came of some damaged models. */
export interface FuzzResult {
  /** The same outputs, one of our errors, one of tfjs's. */
  readonly counts: Readonly<Record<'same' | 'named' | 'tfjs', number>>;
  /** All others, with what was damaged. */
  readonly wrong: readonly string[];
}

/** Damages a saved model of each kind so many times. */
export async function fuzzSaved(
  seed: number,
  runs: number,
  kinds: readonly string[] = Object.keys(everyKind),
): Promise<FuzzResult> {
  const counts = { same: 0, named: 0, tfjs: 0 };
  const wrong: string[] = [];
  for (const kind of kinds) {
    const model = modelOf(everyKind[kind]!);
    const [expected, whole] = [outputsOf(model), await save(model)];
    model.dispose();
    for (let run = 0; run < runs; run++) {
      const { what, isAnother, saved } = mutated(whole, stream(seed, kind, run));
      const found = await outcome(saved, expected);
      if (found in counts) counts[found as 'same']++;
      else if (!isAnother || found !== OTHER)
        wrong.push(`${kind} (seed ${seed}, run ${run}): ${what}: ${found}`);
    }
  }
  return { counts, wrong };
}

/** What becomes of a damaged file: the same outputs, an error with a name, or something else. */
export async function outcome(saved: Saved, expected: readonly number[]): Promise<string> {
  try {
    const model = await load(saved);
    const same = outputsOf(model).every((value, i) => Object.is(value, expected[i]));
    model.dispose();
    return same ? 'same' : OTHER;
  } catch (error) {
    if (error instanceof MoeError) return 'named';
    const { message, name, stack = '' } = error as Error;
    const isRaw = /TypeError|RangeError|ReferenceError/.test(name);
    // Where it was thrown decides whose it is: tfjs reads all that surrounds the layer.
    const [thrown = ''] = stack.split('\n').filter((line) => /^\s+at /.test(line));
    return isRaw && /packages\/\w+\/src/.test(thrown)
      ? `RAW ${name} ${message.slice(0, 100)} ${thrown}`
      : 'tfjs';
  }
}
