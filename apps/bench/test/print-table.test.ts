import { expect, test } from 'vitest';
import type { Machine } from '../src/machine.ts';
import { printTable } from '../src/print-table.ts';
import type { Row, Subject } from '../src/subject.ts';

test('states the machine and shows ratios with their spread', () => {
  const machine: Machine = {
    cpu: 'a CPU',
    cores: 2,
    platform: 'linux x64',
    node: '20.0.0',
    v8: '11',
    tfjs: '4.22.0',
    wasm: '4.22.0',
  };
  const subject: Subject = { name: 'name', about: 'about', measure: async () => [] };
  const rows: Row[] = [
    { case: 'one', mode: 'm', ratios: { stock: 0.5 }, spread: { stock: [0.4, 0.6] }, ms: 1.23456 },
    { case: 'two', mode: 'm', ratios: {}, spread: {}, ms: 10 },
  ];
  expect(printTable(subject, rows, machine)).toBe(
    [
      'name: about.',
      'a CPU, 2 cores, linux x64; Node 20.0.0 (V8 11), tfjs 4.22.0.',
      '',
      '| case | mode | stock            | ms   |',
      '| ---- | ---- | ---------------- | ---- |',
      '| one  | m    | 0.50 (0.40-0.60) | 1.23 |',
      '| two  | m    | -                | 10   |',
    ].join('\n'),
  );
});
