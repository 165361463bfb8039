/**
 * A plugin of Vite that takes out of the site's one style sheet what none of its readers uses: the look of a search that is
 * hosted elsewhere, whose box the theme would load only with an account there, and fonts of formulas in formats that no
 * browser with ES modules needs. A style sheet keeps every page waiting for its first paint.
 */

/** The part of a plugin that is used, which Vite of the site and Vite of the tests agree on. */
interface StylesPlugin {
  readonly name: string;
  readonly enforce: 'pre';
  transform(code: string, id: string): string | undefined;
}

export function lightStyles(): StylesPlugin {
  return {
    name: 'light-styles',
    enforce: 'pre',
    transform(code, id) {
      const [path = ''] = id.split('?');
      if (path.includes('/@docsearch/css/') && path.endsWith('.css')) return '';
      if (path.endsWith('/katex.min.css')) return withoutOldFonts(code);
      return undefined;
    },
  };
}

/** Faces of WOFF2 alone. */
function withoutOldFonts(css: string): string {
  return css.replace(/,url\([^)]*\.(?:woff|ttf)\) format\("(?:woff|truetype)"\)/g, '');
}
