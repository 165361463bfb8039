/**
 * The assertions of the contract suites. They throw a plain `Error`, so that the suites run under every test runner.
 */
import { show } from '../errors.ts';

/** Throws `message` unless the condition holds. */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Error(message);
}

/** Numbers that must agree to a relative tolerance (absolute below 1); NaN agrees with nothing. */
export function assertClose(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  what: string,
  tolerance = 1e-12,
): void {
  assert(
    actual.length === expected.length,
    `${what}: ${actual.length} numbers instead of ${expected.length}`,
  );
  for (let i = 0; i < actual.length; i++) {
    const a = actual[i]!;
    const b = expected[i]!;
    const close = a === b || Math.abs(a - b) <= tolerance * Math.max(1, Math.abs(a), Math.abs(b));
    assert(close, `${what}: number ${i} is ${a} instead of ${b}`);
  }
}

/** Numbers none of which may be NaN or infinite. */
export function assertFinite(numbers: ArrayLike<number>, what: string): void {
  for (let i = 0; i < numbers.length; i++) {
    assert(Number.isFinite(numbers[i]), `${what}: number ${i} is ${numbers[i]}`);
  }
}

/** Two JSON values that must be equal, whatever the order of their keys. */
export function assertSameJson(actual: unknown, expected: unknown, what: string): void {
  assert(
    sorted(actual) === sorted(expected),
    `${what}: ${show(actual)} is not the same JSON as ${show(expected)}`,
  );
}

function sorted(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
