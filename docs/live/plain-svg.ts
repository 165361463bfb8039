/**
 * A picture of Plot as a page wants it. Plot names every group of marks after its kind, "dot" or "x-axis label", while HTML
 * allows no name without a role, and the picture as a whole has a better one. And it writes more digits than a pixel has,
 * which together weigh more than the rest.
 */
export function plainSvg(svg: string): string {
  return svg.replace(/<g aria-label="[^"]*"/g, '<g').replace(/(\d\.\d)\d+/g, '$1');
}

/** Forgets the names in a picture that is drawn in a page. */
export function forgetMarkNames<P extends Element>(picture: P): P {
  for (const marks of picture.querySelectorAll('g[aria-label]')) marks.removeAttribute('aria-label');
  return picture;
}
