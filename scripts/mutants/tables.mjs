/** Mutants of what reads tables and files of numbers. */
import { of, quick, testsOf } from './of.mjs';

const datasets = 'packages/datasets/src';
const datasetTests = testsOf('packages/datasets');

export const tableMutants = [
  ...of(
    'tables',
    `${datasets}/table/cells.ts`,
    datasetTests('table/read-table', 'table/round-trip'),
    [
      'if (character === QUOTE && isBegin) at = closingQuote(text, at);',
      '',
      'quoted separators decide',
      quick,
    ],
    ['return hasQuotes ? cell.replaceAll(\'""\', QUOTE) : cell;', 'return cell;', 'quotes stay doubled'],
    [
      "at += text.startsWith('\\r\\n', at) ? 2 : 1;",
      'at += 1;',
      'a line feed is a row of its own',
      { equivalent: 'the row between the two characters is empty, and empty rows are left out' },
    ],
    [
      "return text.startsWith('\\uFEFF') ? 1 : 0;",
      'return 0;',
      'a byte order mark is part of the first name',
    ],
  ),
  ...of(
    'tables',
    `${datasets}/table/number-of.ts`,
    datasetTests('table/read-table', 'table/linear-time'),
    ["if (decimal === ',' && cell.includes('.')) return undefined;", '', 'points pass where commas are'],
    ['(?:\\d+(?:\\.\\d*)?|\\.\\d+)', '(?:\\d+(?:\\.\\d*)?)', 'no number begins with a point'],
  ),
  ...of(
    'tables',
    `${datasets}/table/levels.ts`,
    datasetTests('table/sample-of', 'table/round-trip'),
    ['a < b ? -1 : 1', 'a < b ? 1 : -1', 'levels in the other order', quick],
    ['others.length + 1 === rows.length', 'false', 'a factor may tell every row from the others'],
  ),
  ...of(
    'tables',
    `${datasets}/idx.ts`,
    datasetTests('idx'),
    ['shape.includes(0) ? 0 : ', '', 'no shape of infinitely many times none'],
    ['view.byteOffset + at, n)', 'at, n)', 'the view’s place in its buffer is forgotten', { first: true }],
    ['bytes.length !== expected', 'bytes.length < expected', 'more bytes than entries pass'],
  ),
];
