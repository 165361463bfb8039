import { describe, expect, test } from 'vitest';
import type { Plugin } from '../../src/identity.ts';
import { testPlugin } from '../../src/testing/index.ts';
import { failing } from '../failing.ts';

const sound = Object.freeze({
  role: 'gate',
  kind: 'sound',
  config: Object.freeze({ kind: 'sound', k: 2 }),
}) as Plugin;
const broken = (plugin: Partial<Plugin>, restored: Plugin = sound) =>
  failing((runner) => testPlugin(runner, Object.freeze({ ...sound, ...plugin }), () => restored));
const config = (options: object) => Object.freeze({ kind: 'sound', ...options }) as Plugin['config'];

describe('testPlugin', () => {
  test('passes a sound plugin', () => {
    expect(broken({})).toEqual([]);
  });

  test.each([
    [{ config: { kind: 'sound', k: 2 } }, 'is frozen, and so is its config'],
    [{ config: config({ k: 2, deep: { list: [] } }) }, 'is frozen, and so is its config'],
    [{ config: config({ k: Number.NaN }) }, 'has a config that is plain JSON'],
    [{ config: config({ k: () => 2 }) }, 'has a config that is plain JSON'],
    [{ config: config({ k: 2, other: undefined }) }, 'has a config that is plain JSON'],
    [{ config: config({ k: 3 }) }, 'is restored from its config'],
    [{ kind: 'other' }, 'is restored from its config'],
    [{ config: config({ k_size: 2 }) }, 'has a config that survives a saved tfjs model'],
    [{ config: config({ k: 'snake_case' }) }, 'has a config that survives a saved tfjs model'],
  ])('%# is caught', (plugin, name) => {
    expect(broken(plugin as Partial<Plugin>)).toContain(name);
  });
});
