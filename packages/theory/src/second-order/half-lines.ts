/**
 * Normalised experts of a single input: $x/|x|$ is the sign of x, so an expert is one number on $x > 0$ and another on
 * $x < 0$.
 *
 * Every derivative of $\psi = e^z(h - f_G)$ in the expert's parameters is a combination of two functions,
 * $e^z 1_{x>0}$ and $e^z 1_{x<0}$. Two first derivatives and a second one are three functions in a space of two
 * dimensions: an equation ties them. Where it leaves the second derivative out, the first order is dependent already.
 */
import { type MixingMeasure, readExpert } from '@tfjs-moe/measures';
import type { Block } from '../families/curved-family.ts';
import type { NullDirection } from './second-order-verdict.ts';

export function livesOnTwoHalfLines({ expert, inputDim }: MixingMeasure): boolean {
  return inputDim === 1 && readExpert(expert)?.isOfDirection === true;
}

/** The direction of the last parameter, such as the bias; nothing for experts of a single parameter. */
export function onTwoHalfLines([block]: readonly Block[]): NullDirection | undefined {
  const own = block?.coordinates.filter(({ part }) => part === 'expert') ?? [];
  const [before, last] = own.slice(-2);
  if (block === undefined || before === undefined || last === undefined) return undefined;
  const psi = `psi${block.atom + 1}`;
  const symbol = `\\psi_{${block.atom + 1}}`;
  return {
    name: `${last.name} of atom ${block.atom + 1}`,
    text: `d_${before.name} ${psi}, d_${last.name} ${psi} and d_${last.name} d_${last.name} ${psi} lie in the span of exp(z) on x > 0 and exp(z) on x < 0`,
    latex: `\\dim\\,\\mathrm{span}\\{\\partial_u ${symbol}, \\partial_v ${symbol}, \\partial_v^2 ${symbol}\\} \\le \\dim\\,\\mathrm{span}\\{e^{z} 1_{x>0}, e^{z} 1_{x<0}\\} = 2`,
    order: 2,
    proof: 'dimension',
    atoms: [block.atom],
    vector: { [last.label]: 1 },
  };
}
