import { expect, test } from 'vitest';
import { colourOf, PALETTE } from '../src/palette.ts';

// Machado, Oliveira and Fernandes (2009), at full severity, of linear RGB.
const IDENTITY = [1, 0, 0, 0, 1, 0, 0, 0, 1];
const PROTANOPIA = [
  0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998,
];
const DEUTERANOPIA = [
  0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.01182, 0.04294, 0.968881,
];
const TRITANOPIA = [
  1.255528, -0.076749, -0.178779, -0.078411, 0.930809, 0.147602, 0.004733, 0.691367, 0.3039,
];

type Triple = readonly [number, number, number];

function linear(colour: string): Triple {
  const part = (at: number) => {
    const value = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return [part(1), part(3), part(5)];
}

function times(matrix: readonly number[], [r, g, b]: Triple): Triple {
  const row = (i: number) =>
    Math.min(1, Math.max(0, matrix[i]! * r + matrix[i + 1]! * g + matrix[i + 2]! * b));
  return [row(0), row(3), row(6)];
}

function lab([r, g, b]: Triple): Triple {
  const f = (t: number) => (t > 0.008856 ? Math.cbrt(t) : 7.787 * t + 16 / 116);
  const x = f((0.4124564 * r + 0.3575761 * g + 0.1804375 * b) / 0.95047);
  const y = f(0.2126729 * r + 0.7151522 * g + 0.072175 * b);
  const z = f((0.0193339 * r + 0.119192 * g + 0.9503041 * b) / 1.08883);
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

function contrast(one: string, other: string): number {
  const [a, b] = [one, other].map((colour) => {
    const [red, green, blue] = linear(colour);
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05;
  });
  return Math.max(a! / b!, b! / a!);
}

test('twelve colours, of which no two are alike under any kind of colour vision', () => {
  expect(PALETTE).toHaveLength(12);
  for (const vision of [IDENTITY, PROTANOPIA, DEUTERANOPIA, TRITANOPIA]) {
    const seen = PALETTE.map((colour) => lab(times(vision, linear(colour))));
    for (const [i, one] of seen.entries()) {
      for (const other of seen.slice(0, i)) {
        expect(Math.hypot(...one.map((value, k) => value - other[k]!))).toBeGreaterThan(16);
      }
    }
  }
});

test('every colour shows on the light and on the dark paper of the site', () => {
  for (const colour of PALETTE) {
    expect(contrast(colour, '#ffffff'), colour).toBeGreaterThan(1.5);
    expect(contrast(colour, '#1b1b1f'), colour).toBeGreaterThan(2.4);
  }
});

test('the thirteenth is the first again', () => {
  expect(colourOf(12)).toBe(colourOf(0));
});
