import { lettersOf } from '../letters.ts';

/** Longer names are no slips of the pen, and comparing them would take long. */
const LONGEST = 64;

/** What other fields call a thing that has one name here: the experts of a layer are the atoms of a mixing measure. */
const synonyms: ReadonlyMap<string, string> = new Map([
  ['atoms', 'experts'],
  ['components', 'experts'],
]);

/**
 * The known name that somebody most likely meant: the same letters in another case or with other separators (`top-k`),
 * else the fewest slips (a letter more, less, other or swapped; at most a third of the name), else a name that contains
 * the given one or is contained in it (`std`, `numExperts`). Before all that, what another field calls it (`atoms`).
 * @returns undefined where nothing is near
 */
export function nearestName(given: string, known: readonly string[]): string | undefined {
  const wanted = lettersOf(given);
  if (wanted === '' || given.length > LONGEST) return undefined;
  const synonym = synonyms.get(wanted);
  if (synonym !== undefined && known.includes(synonym) && !known.includes(given)) return synonym;
  let best: { readonly name: string; readonly slips: number } | undefined;
  for (const name of known) {
    const letters = lettersOf(name);
    const slips = slipsBetween(wanted, letters);
    // One letter for another makes a different word of a short one: gpu is no slip for cpu.
    const isShort = wanted.length === letters.length && wanted.length <= 3;
    const allowed = isShort ? 0 : Math.floor((Math.max(wanted.length, letters.length) + 1) / 3);
    if (slips <= allowed && (best === undefined || slips < best.slips)) best = { name, slips };
  }
  return best?.name ?? longestShared(wanted, known);
}

/** ` (did you mean "topK"?)` for the end of a rule, or nothing where no known name is near. */
export function didYouMean(given: unknown, known: readonly string[]): string {
  const name = typeof given === 'string' ? nearestName(given, known) : undefined;
  return name === undefined || name === given ? '' : ` (did you mean "${name}"?)`;
}

function longestShared(wanted: string, known: readonly string[]): string | undefined {
  const shared = known.filter((name) => {
    const letters = lettersOf(name);
    const [short, long] = letters.length < wanted.length ? [letters, wanted] : [wanted, letters];
    return short.length >= 3 && long.includes(short);
  });
  return shared.sort((a, b) => b.length - a.length)[0];
}

/** Insertions, deletions, replacements and swaps of neighbours between two words (Damerau, 1964). */
function slipsBetween(a: string, b: string): number {
  let before: number[] = [];
  let above = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      const fewest = Math.min(above[j]! + 1, row[j - 1]! + 1, above[j - 1]! + same);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      row.push(swapped ? Math.min(fewest, before[j - 2]! + 1) : fewest);
    }
    before = above;
    above = row;
  }
  return above[b.length]!;
}
