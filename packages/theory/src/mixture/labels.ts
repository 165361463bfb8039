import type { FunctionLabel } from '../verdict/labelled-family.ts';

/**
 * Names of functions made of derivatives and factors, as text and as LaTeX.
 *
 * `x_1 d_bias h1` and $x_{1}\,\partial_{\mathtt{bias}} h_{1}$.
 */
export function functionLabel(
  factors: readonly string[],
  parameters: readonly string[],
  of: string,
  atom?: number,
): FunctionLabel {
  const subject = atom === undefined ? of : `${of}${atom + 1}`;
  const symbol = of === 'psi' ? '\\psi' : of;
  const subjectLatex = atom === undefined ? symbol : `${symbol}_{${atom + 1}}`;
  const derivatives = parameters.map((name) => `d_${name}`);
  const derivativesLatex = parameters.map((name) => `\\partial_{${parameterLatex(name)}}`);
  return {
    text: [...factors, ...derivatives, subject].join(' '),
    latex: [...factors.map(factorLatex), ...derivativesLatex, subjectLatex].join('\\,'),
    order: factors.length + parameters.length,
    ...(atom !== undefined && { atom }),
    parts: { factors, derivatives: parameters, of },
  };
}

/** A parameter as LaTeX. */
export function parameterLatex(name: string): string {
  return `\\mathtt{${name.replaceAll(/[_#]/g, (sign) => `\\${sign}`)}}`;
}

/** `x_1`, `pi`, or a derivative of pi such as `(d_kernel[0] pi)`. */
function factorLatex(factor: string): string {
  if (factor === 'pi') return '\\pi';
  const input = /^x_(\d+)$/.exec(factor);
  if (input) return `x_{${input[1]}}`;
  const inner = factor.replaceAll(/[()]/g, '').split(' ');
  const parts = inner.map((word) =>
    word === 'pi' ? '\\pi' : `\\partial_{${parameterLatex(word.slice(2))}}`,
  );
  return `(${parts.join('\\,')})`;
}
