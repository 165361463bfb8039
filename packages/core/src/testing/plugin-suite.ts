import { show } from '../errors.ts';
import type { Config, Plugin } from '../identity.ts';
import { assert, assertSameJson } from './assertions.ts';
import type { Runner } from './runner.ts';

/**
 * What every plugin promises, whatever its role: it cannot be changed, and its config is all there is to know of it.
 *
 * Tests a plugin's identity; the suites of the roles begin with it.
 */
export function testPlugin(
  { describe, test }: Runner,
  plugin: Plugin,
  restore: (config: Config) => Plugin,
): void {
  describe(`${plugin.role} ${plugin.kind}: identity`, () => {
    test('is frozen, and so is its config', () => {
      assert(Object.isFrozen(plugin), 'the object can be changed');
      for (const value of within(plugin.config)) assert(Object.isFrozen(value), 'the config can be changed');
    });

    test('has a config that is plain JSON', () => {
      for (const [name, value] of Object.entries(plugin.config)) {
        assert(isJson(value), `the config's option ${name} is ${show(value)}, which JSON cannot hold`);
      }
    });

    test('is restored from its config', () => {
      const again = restore(JSON.parse(JSON.stringify(plugin.config)));
      assert(again.kind === plugin.kind && again.role === plugin.role, 'another kind came back');
      assertSameJson(again.config, plugin.config, 'config of the restored plugin');
    });

    test('has a config that survives a saved tfjs model', () => {
      assertSameJson(
        renamed(renamed(plugin.config, snake), camel),
        plugin.config,
        'config after the journey',
      );
    });
  });
}

function isJson(value: unknown): boolean {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true;
  if (typeof value !== 'object') return Number.isFinite(value);
  const prototype = Object.getPrototypeOf(value);
  return (prototype === Object.prototype || Array.isArray(value)) && Object.values(value).every(isJson);
}

function within(value: unknown): object[] {
  if (typeof value !== 'object' || value === null) return [];
  return [value, ...Object.values(value).flatMap(within)];
}

// tfjs-layers writes every name and string of a model's JSON in snake_case and reads it back in camelCase.
const snake = (name: string) =>
  name
    .replace(/(.)([A-Z][a-z0-9]+)/g, '$1_$2')
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase();
const camel = (name: string) => name.replace(/_+(\w|$)/g, (_match, letter: string) => letter.toUpperCase());

function renamed(value: unknown, rename: (name: string) => string): unknown {
  if (typeof value === 'string') return rename(value);
  if (Array.isArray(value)) return value.map((item) => renamed(item, rename));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [rename(name), renamed(item, rename)]),
  );
}
