import { JSDOM } from 'jsdom';
import { describe, expect, test } from 'vitest';
import { reportPage } from '../../src/report/page.ts';
import { sampleReport } from '../sample-report.ts';

/** What a page must not contain, without its pictures, whose base64 looks like anything. */
const found = (page: string, pattern: RegExp) =>
  page.replaceAll(/data:image\/png;base64,[\w+/=]+/g, 'data:image/png').match(pattern) ?? [];
const documentOf = (page: string) => new JSDOM(page).window.document;

describe.each([1, 2, 8, 20])('the report on %d experts', (experts) => {
  const page = reportPage(sampleReport(experts));
  const document = documentOf(page);

  test('shows every figure, card and table', () => {
    const titles = [...document.querySelectorAll('h2')].map(({ textContent }) => textContent);
    expect(titles).toEqual([
      'Training loss',
      'Test accuracy',
      'Load of each expert over time',
      'Which digits each expert takes',
      'What each expert looks at',
      'How to repeat this run',
    ]);
    expect(document.querySelectorAll('figure svg[role=img][aria-label]').length).toBe(4);
    expect(document.querySelectorAll('.card').length).toBe(experts);
    expect(document.querySelectorAll('.card img').length).toBe(experts - 1);
    expect([...document.querySelectorAll('tbody th')].map(({ textContent }) => textContent)).toEqual([
      'mixture',
      'dense',
    ]);
  });

  test('is well-formed: every element that is opened is closed in order', () => {
    const open: string[] = [];
    for (const [, slash, name = '', selfClosing] of page.matchAll(
      /<(\/?)([a-z][a-z0-9]*)\b[^<>]*?(\/?)>/gi,
    )) {
      if (slash) expect(open.pop()).toBe(name);
      else if (!selfClosing && !['meta', 'img', 'link', 'br'].includes(name)) open.push(name);
    }
    expect(open).toEqual([]);
  });

  test('asks the network for nothing', () => {
    expect(found(page, /(https?:)?\/\/[a-z]|@import|url\(/gi)).toEqual([]);
    for (const element of document.querySelectorAll('[src], [href]')) {
      expect(element.getAttribute('src') ?? element.getAttribute('href')).toMatch(/^(data:image\/png|#)/);
    }
    expect(document.querySelector('script')).toBeNull();
  });

  test('has no number that is none', () => {
    expect(found(page, /NaN|Infinity|undefined|\[object/g)).toEqual([]);
  });
});

test('text is escaped', () => {
  const page = reportPage(sampleReport());
  expect(found(page, /<script/g)).toEqual([]);
  expect(documentOf(page).body.textContent).toContain('<script>alert("&")</script>');
});

test('each expert has one colour in every picture', () => {
  const document = documentOf(reportPage(sampleReport(8)));
  const fills = (label: string) =>
    [...document.querySelectorAll(`[aria-label="${label}"]`)].map((group) => group.getAttribute('fill'));
  const cards = [...document.querySelectorAll<HTMLElement>('.card')].map(({ style }) =>
    style.getPropertyValue('--expert').trim(),
  );
  expect(new Set(cards).size).toBe(8);
  expect(fills('area')).toEqual(cards);
  const cells = [...document.querySelectorAll('[aria-label="cell"] rect')].map((rect) =>
    rect.getAttribute('fill'),
  );
  expect([...new Set(cells)]).toEqual(cards);
});

test('an interrupted run says so, and needs no complete epoch', () => {
  const page = reportPage(sampleReport(4, { interrupted: true, steps: 12, epochs: [] }));
  const document = documentOf(page);
  expect(document.querySelector('.notice')?.textContent).toContain('after 12 of 938 steps');
  expect(document.querySelectorAll('figure').length).toBe(3);
  expect(found(page, /NaN|Infinity|undefined/g)).toEqual([]);
});

test('a run of a single step has a report', () => {
  const { history } = sampleReport();
  const page = reportPage(
    sampleReport(8, { points: history.points.slice(0, 1), epochs: [], interrupted: true }),
  );
  expect(found(page, /NaN|Infinity|undefined/g)).toEqual([]);
});
