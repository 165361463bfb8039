import { parameterSymbol } from '../interactions/symbols.ts';

/** Equations as a terminal shows them: with the letters of the papers, and numbers to three digits. */
export interface Readable {
  /** An equation with letters in place of names. */
  text(equation: string): string;
  /** What the letters that were used stand for: `a_1: expert/kernel[0,0]`. */
  letters(): string[];
}

const NAME = /(d_)?((?:(?:gate|expert)\/)?[A-Za-z]\w*(?:\/\w+)*\[[\d,]+\])(?:#(\d+))?/g;
const LONG_NUMBER = /(?<![\w/.[,])(\d+\.\d{4,}(?:e[+-]?\d+)?|\d{3,}\/\d+|\d+\/\d{3,})(?![\w/.\],])/g;

/** A reader of the equations of one card, who remembers which letters stand for what. */
export function readable(equations: readonly string[]): Readable {
  const among = equations.flatMap((equation) => [...equation.matchAll(NAME)].map(([, , name]) => name!));
  const used = new Map<string, string>();
  return {
    text: (equation) =>
      equation
        .replaceAll(LONG_NUMBER, (number) => shortNumber(number))
        .replaceAll(NAME, (_, d: string | undefined, name: string, copy: string | undefined) => {
          const letter = letterOf(name, among);
          if (letter !== name) used.set(letter, name);
          const own = copy === undefined ? letter : `(${letter}, atom ${Number(copy) + 1})`;
          return `${d ?? ''}${own}`;
        }),
    letters: () => [...used].map(([letter, name]) => `${letter}: ${name}`),
  };
}

/** `beta_1`, `tau`, `W_1,2^(1)`; the name itself where the papers have no letter. */
function letterOf(name: string, among: readonly string[]): string {
  const latex = parameterSymbol(name.replace(/^gate\//, ''), among);
  return latex.startsWith('\\mathtt') ? name : latex.replaceAll(/[\\{}]/g, '');
}

function shortNumber(text: string): string {
  const [above, below = '1'] = text.split('/');
  return String(Number((Number(above) / Number(below)).toPrecision(3)));
}
