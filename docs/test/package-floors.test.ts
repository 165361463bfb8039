import { resolve } from 'node:path';
import { JSDOM } from 'jsdom';
import { expect, test } from 'vitest';
import { packagesOf } from '../pictures/package-floors.data.ts';
import { floorsOf, floorsPicture, ownImports, shortName } from '../pictures/package-floors.ts';
import { docs } from './pages.ts';

const packages = packagesOf(resolve(docs, '../packages'));
const floors = floorsOf(packages);
const floorOf = (name: string) => floors.findIndex((floor) => floor.some((one) => one.name === name));

test('every package stands just above the highest of what it imports', () => {
  expect(floors[0]!.map(({ name }) => name)).toEqual(['@tfjs-moe/core']);
  for (const { name, imports } of packages)
    expect(floorOf(name)).toBe(1 + Math.max(-1, ...imports.map(floorOf)));
});

test('a line stands for every import that no other one brings', () => {
  const cli = packages.find(({ name }) => name === '@tfjs-moe/cli')!;
  const own = ownImports(cli, packages);
  expect(own).toContain('@tfjs-moe/theory');
  expect(own).not.toContain('@tfjs-moe/core');
});

test('the picture has each package once, inside its frame, and no two upon each other', () => {
  const { document } = new JSDOM(floorsPicture(packages)).window;
  const names = [...document.querySelectorAll('text')].map(({ textContent }) => textContent);
  expect(names.sort()).toEqual(packages.map(({ name }) => shortName(name)).sort());
  const boxes = [...document.querySelectorAll('rect')].map((box) =>
    ['x', 'y', 'width'].map((name) => Number(box.getAttribute(name))),
  );
  for (const [x, y, width] of boxes) {
    expect(x).toBeGreaterThan(0);
    expect(x! + width!).toBeLessThan(680);
    const beside = boxes.filter((other) => other[1] === y && other[0]! > x!);
    for (const [left] of beside) expect(left).toBeGreaterThan(x! + width!);
  }
});

test('packages in a circle have no floor', () => {
  const circle = [
    { name: 'a', about: '', imports: ['b'] },
    { name: 'b', about: '', imports: ['a'] },
  ];
  expect(() => floorsOf(circle)).toThrow('a circle of a, b');
});
