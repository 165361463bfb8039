/** The data of the playground: places in a square, or on a line, each with a number to learn. */
import { stream } from '@tfjs-moe/core';
import { inputsOf, type Settings } from './settings.ts';

export interface Problem {
  readonly inputs: 1 | 2;
  /** Inputs, one row per point. */
  readonly x: readonly (readonly number[])[];
  readonly y: readonly number[];
  /** Ends of the picture. */
  readonly range: readonly [number, number];
  /** Mean squared error below which nothing learns anything but noise; undefined where it is not known. */
  readonly floor: number | undefined;
}

type Draw = { readonly uniform: () => number; readonly normal: () => number };

const RANGE: readonly [number, number] = [-1.1, 1.1];

/** A place and its number, without noise, for each set. */
const designs: Readonly<Record<Exclude<Settings['data'], 'own'>, (random: Draw, i: number) => number[]>> = {
  spiral({ uniform }, i) {
    const arm = i % 2;
    const along = 0.12 + 0.88 * Math.sqrt(uniform());
    const angle = 5 * along + Math.PI * arm;
    return [along * Math.cos(angle), along * Math.sin(angle), arm === 0 ? 1 : -1];
  },
  moons({ uniform }, i) {
    const angle = Math.PI * uniform();
    const [u, v] = [Math.cos(angle), Math.sin(angle)];
    return i % 2 === 0 ? [0.6 * u - 0.3, 0.7 * v - 0.25, 1] : [0.3 - 0.6 * u, 0.25 - 0.7 * v, -1];
  },
  xor: (random) => {
    const [u, v] = square(random);
    return [u, v, u * v > 0 ? 1 : -1];
  },
  checkerboard(random) {
    const [u, v] = square(random);
    return [u, v, (Math.floor(2 * u) + Math.floor(2 * v)) % 2 === 0 ? 1 : -1];
  },
  levels(random) {
    const [u, v] = square(random);
    return [u, v, u + 0.2 * v < 0 ? (v < 0.1 ? 0.5 : -1.5) : v > 0.2 - 0.3 * u ? -0.5 : 1.5];
  },
  line({ uniform }) {
    const u = 2 * uniform() - 1;
    const place = 2 * Math.abs(u);
    return [u, place < 1 ? 1 - 2 * place : 2 * place - 3];
  },
};

/** Where the noise goes: to places where a number is one of two, to the number otherwise. */
const MOVES_PLACES = new Set<Settings['data']>(['spiral', 'moons']);

export function problemOf(settings: Settings): Problem {
  const inputs = inputsOf(settings);
  if (settings.data === 'own') return ownProblem(settings, inputs);
  const design = designs[settings.data];
  const random = stream(settings.seed, `playground/${settings.data}`);
  const draw: Draw = { uniform: () => random.uniform(), normal: () => random.normal() };
  const moves = MOVES_PLACES.has(settings.data);
  const rows = Array.from({ length: settings.points }, (_, i) => {
    const row = design(draw, i);
    const target = row.length - 1;
    return row.map((value, j) =>
      rounded(moves === j < target ? value + settings.noise * draw.normal() : value),
    );
  });
  return {
    inputs,
    x: rows.map((row) => row.slice(0, -1)),
    y: rows.map((row) => row.at(-1)!),
    range: RANGE,
    floor: moves || settings.noise === 0 ? undefined : settings.noise ** 2,
  };
}

function ownProblem({ own }: Settings, inputs: 1 | 2): Problem {
  const x = own.map((row) => row.slice(0, inputs));
  const reach = x.flat().reduce((most, value) => Math.max(most, Math.abs(value)), 0) || 1;
  return {
    inputs,
    x,
    y: own.map((row) => row.at(-1)!),
    range: [-1.1 * reach, 1.1 * reach],
    floor: undefined,
  };
}

function square({ uniform }: Draw): [number, number] {
  return [2 * uniform() - 1, 2 * uniform() - 1];
}

/** So that an exported program has the same numbers, and is short. */
function rounded(value: number): number {
  return Number(value.toFixed(4)) + 0;
}
