/**
 * The test runner that a contract suite is handed: vitest, `node:test`, or anything with the same two functions.
 */
export interface Runner {
  describe(name: string, body: () => void): unknown;
  test(name: string, body: () => void | Promise<void>): unknown;
}
