/**
 * Relations by their shape: parameters by their letters, indices in the order in which they appear, so that
 * `x_2 d_layer_1/kernel[0,0] h3 = x_1 d_layer_1/kernel[1,0] h3` and its likes are one line of a table.
 */
import type { NamedRelation } from '@tfjs-moe/theory';

/** Longest right side that is written out; what ties more functions is counted under its name. */
const MOST_TERMS = 1;

/** How many relations there are of each name and shape: `input and bias: x_u d_b h = d_a_u h`. */
export function shapesOf(relations: readonly NamedRelation[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const relation of relations) {
    const shape = shapeOf(relation);
    const key = relation.knownAs === undefined ? shape : `${relation.knownAs}: ${shape}`;
    counts[key] = (counts[key] ?? 0) + 1;
  }
  return counts;
}

function shapeOf({ left, terms }: NamedRelation): string {
  const letters = lettersOf();
  const name = letters(left.text);
  if (terms.length === 0) return `${name} = 0`;
  if (terms.length > MOST_TERMS) return 'several terms';
  const [{ label, coefficient }] = terms as [(typeof terms)[number]];
  const isOne = typeof coefficient === 'object' && coefficient.numerator === coefficient.denominator;
  return `${name} = ${isOne ? '' : 'const '}${letters(label.text)}`;
}

/** Renames one function after the other, indices and atoms continuing from one to the next. */
function lettersOf(): (text: string) => string {
  const indices = new Map<string, string>();
  const atoms: string[] = [];
  const index = (place: string) => {
    const known = indices.get(place) ?? 'uwst'[indices.size] ?? `i${indices.size}`;
    indices.set(place, known);
    return known;
  };
  const prime = (atom: string) => {
    if (!atoms.includes(atom)) atoms.push(atom);
    return "'".repeat(atoms.indexOf(atom));
  };
  const renamed = (text: string, isRouter: boolean): string =>
    text
      .replaceAll(/\bx_(\d+)/g, (_, u) => `x_${index(String(Number(u) - 1))}`)
      .replaceAll(/d_([^\s[]*)\[([\d,]*)\](#\d+)?/g, (_, path, places, copy) => {
        const letter = letterOf(isRouter ? `gate/router/${path}` : path, places, index);
        return `d_${letter}${copy === undefined ? '' : prime(copy.slice(1))}`;
      });
  return (text) =>
    text
      .split(/(\([^)]*\))/)
      .map((piece) => renamed(piece, piece.startsWith('(')))
      .join('')
      .replaceAll(/\b([hF])(\d+)\b/g, (_, of, atom) => `${of}${prime(atom)}`);
}

function letterOf(path: string, places: string, index: (place: string) => string): string {
  const [first = '0'] = places.split(',');
  const name = path.replace(/^(gate|expert)\//, '');
  if (/^(outer\/|inner\/)?bias$/.test(name)) return path.startsWith('gate') ? 'beta0' : 'b';
  if (name.endsWith('temperature')) return 'tau';
  if (name.includes('router')) return `beta_${index(first)}`;
  if (name === 'value') return 'c';
  if (name === 'layer_2/kernel') return 'v';
  if (name === 'layer_2/bias') return 'c';
  if (name.endsWith('bias')) return 'b';
  return `a_${index(first)}`;
}
