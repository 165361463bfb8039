import { assert, type Runner } from '@tfjs-moe/core/testing';
import type { PublishedTable } from '../table/published-table.ts';

/**
 * The contract suite of published tables, for any test runner: `testTable({ describe, test }, penguins)` with vitest.
 */
export function testTable({ describe, test }: Runner, table: PublishedTable): void {
  describe(`${table.name}, as a table`, () => {
    test('is named, and says where it comes from and on which terms', () => {
      assert(/^[a-z][a-zA-Z0-9]*$/.test(table.name), 'name must be lower camel case');
      for (const field of ['description', 'source', 'licence'] as const) {
        assert(table[field].length > 0, `${field} must not be empty`);
      }
    });

    test('is frozen, arrays included', () => {
      const parts = [table, table.columns, ...table.columns, ...table.columns.map(({ values }) => values)];
      assert(parts.every(Object.isFrozen), 'must be frozen');
    });

    test('has columns with names of their own, a description and as many values as rows', () => {
      const names = table.columns.map(({ name }) => name);
      assert(names.length > 0 && new Set(names).size === names.length, 'names must differ');
      for (const { name, description = '', values } of table.columns) {
        assert(name.length > 0 && description.length > 0, `${name} must have a description`);
        assert(values.length === table.size && table.size > 0, `${name} must have ${table.size} values`);
      }
    });

    test('has values of the kind of their column, or NaN or null where they are missing', () => {
      for (const { name, kind, values } of table.columns) {
        const type = kind === 'number' ? 'number' : 'string';
        const good = (value: unknown) => (kind === 'text' && value === null) || typeof value === type;
        assert(values.every(good), `${name} must hold ${type}s`);
        const odd = (value: unknown) => value === '' || value === Infinity || value === -Infinity;
        assert(!values.some(odd), `${name} must hold no empty text and be finite`);
      }
    });
  });
}
