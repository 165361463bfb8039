/**
 * What every plugin promises, whatever its role: it cannot be changed, and its config is all there is to know of it.
 */
import type { Config, Plugin } from '../identity.ts';
import { assert, assertSameJson } from './assertions.ts';
import type { Runner } from './runner.ts';

/** Tests a plugin's identity; the suites of the roles begin with it. */
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
      assertSameJson(JSON.parse(JSON.stringify(plugin.config)), plugin.config, 'config after JSON');
      const lost = Object.entries(plugin.config).find(([, value]) => value === undefined);
      assert(lost === undefined, `the config's option ${lost?.[0]} is undefined, which JSON cannot hold`);
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
