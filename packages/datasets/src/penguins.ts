import { type PublishedTable, publishedTable } from './table/published-table.ts';
import { penguinsText } from './tables/penguins-text.ts';

/**
 * Penguins: measurements of 344 birds of three species, for experts by species or a gate that classifies.
 *
 * Two birds were not measured, and the sex of eleven is not known (one of them a full stop in the source).
 */
export const penguins: PublishedTable = /* @__PURE__ */ publishedTable({
  name: 'penguins',
  description: 'Size and species of 344 penguins of the Palmer Archipelago, 2007 to 2009.',
  source:
    'K. Gorman, T. Williams and W. Fraser, PLoS ONE 9(3), 2014, and the Palmer Station LTER; collected by A. Horst, ' +
    'A. Hill and K. Gorman as palmerpenguins (2020); as penguins.json of the npm package vega-datasets 3.2.1.',
  licence: 'CC0 1.0',
  columns: [
    { name: 'species', kind: 'text', description: 'Adelie, Chinstrap or Gentoo.' },
    { name: 'island', kind: 'text', description: 'Biscoe, Dream or Torgersen.' },
    { name: 'beakLength', kind: 'number', unit: 'mm', description: 'Length of the upper edge of the beak.' },
    { name: 'beakDepth', kind: 'number', unit: 'mm', description: 'Depth of the beak.' },
    { name: 'flipperLength', kind: 'number', unit: 'mm', description: 'Length of the flipper.' },
    { name: 'bodyMass', kind: 'number', unit: 'g', description: 'Mass of the body.' },
    { name: 'sex', kind: 'text', description: 'female or male.' },
  ],
  text: penguinsText,
});
