const subscript = (indices: string) =>
  indices
    .split(',')
    .map((index) => Number(index) + 1)
    .join(',');

/**
 * The letters that the papers use for parameters, in LaTeX: $\beta$ of routers, $\beta_0$ of sigmoids, $\tau$, $a$ and $b$ of an expert of one
 * affine map, $W$ and $b$ by layer of one with several.
 */
export function parameterSymbol(name: string, among: readonly string[]): string {
  const [, path = '', indices = ''] = /^(.*)\[([\d,]+)\]$/.exec(name) ?? [];
  const isDeep = among.some((other) => other.startsWith('expert/layer_2/'));
  const [, level, rest = ''] = /^router(_\d+)?\/(.*)$/.exec(path) ?? [];
  if (rest === 'kernel') return `\\beta_{${subscript(indices)}}${exponent(level?.slice(1))}`;
  if (rest === 'temperature' || path === 'temperature') return '\\tau';
  const [, ofLevel, number = ''] = /^(temperature|bias)(_\d+)?$/.exec(path) ?? [];
  if (ofLevel !== undefined)
    return `${ofLevel === 'bias' ? '\\beta_{0}' : '\\tau'}${exponent(number.slice(1) || undefined)}`;
  const [, layer] = /^expert\/layer_(\d+)\//.exec(path) ?? [];
  const ofLayer = isDeep ? exponent(layer) : '';
  if (/^expert\/(layer_\d+\/)?kernel$/.test(path)) {
    // One output: the last index of a last kernel says nothing.
    return isDeep ? `W_{${subscript(indices)}}${ofLayer}` : `a_{${subscript(indices.split(',')[0]!)}}`;
  }
  if (/^expert\/(layer_\d+\/)?bias$/.test(path)) return isDeep ? `b_{${subscript(indices)}}${ofLayer}` : 'b';
  if (path === 'expert/value') return 'c';
  return `\\mathtt{${name.replaceAll(/[_#]/g, (sign) => `\\${sign}`)}}`;
}

function exponent(layer: string | undefined): string {
  return layer === undefined ? '' : `^{(${layer})}`;
}
