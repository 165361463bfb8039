/**
 * A picture of Plot as a page wants it. Plot names every group of marks after its kind, "dot" or "x-axis label", while HTML
 * allows no name without a role, and the picture as a whole has a better one. And it writes more digits than a pixel has,
 * which together weigh more than the rest.
 */
export function plainSvg(svg: string): string {
  // Inside tags alone: between them stands what is read, and a tick at 0.25 is not one at 0.2.
  return svg.replace(/<[^>]*>/g, (tag) =>
    tag.replace(/^<g aria-label="[^"]*"/, '<g').replace(/(\d\.\d)\d{2,}/g, '$1'),
  );
}

/** Forgets the names in a picture that is drawn in a page. */
export function forgetMarkNames<P extends Element>(picture: P): P {
  for (const marks of picture.querySelectorAll('g[aria-label]')) marks.removeAttribute('aria-label');
  return picture;
}
