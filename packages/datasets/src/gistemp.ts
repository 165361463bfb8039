import { type PublishedTable, publishedTable } from './table/published-table.ts';
import { gistempText } from './tables/gistemp-text.ts';

/**
 * GISTEMP: the global temperature of 144 years, one row per year, the classical example of a mixture of linear experts:
 * a flat first half and a rising second one, with a gate over the years between.
 *
 * NASA's land-ocean temperature index, 1880 to 2023.
 */
export const gistemp: PublishedTable = /* @__PURE__ */ publishedTable({
  name: 'gistemp',
  description: 'Global temperature anomalies of land and ocean, annual means from 1880 to 2023.',
  source:
    'NASA Goddard Institute for Space Studies, GISS Surface Temperature Analysis (GISTEMP), data.giss.nasa.gov/gistemp; ' +
    'as global-temp.csv of the npm package vega-datasets 3.2.1.',
  licence: 'A work of the United States government, in the public domain.',
  columns: [
    { name: 'year', kind: 'number', description: 'Calendar year.' },
    {
      name: 'anomaly',
      kind: 'number',
      unit: '°C',
      description: 'Mean temperature of the year above that of 1951 to 1980.',
    },
  ],
  text: gistempText,
});
