/**
 * Mutants: small mistakes, each of which some test must find. `find` stands in its file exactly once; `tests` are the
 * nearest ones. `quick` marks those of the run on CI; `equivalent` says why a mutant changes nothing that can be seen.
 */

/** Mutants of one file: what is found, what stands there instead, what that means. */
export function of(area, file, tests, ...mutants) {
  return mutants.map(([find, replace, what, more = {}]) => ({
    area,
    file,
    tests,
    find,
    replace,
    what,
    ...more,
  }));
}

export const quick = { quick: true };

/** The test files of a package, by their names below its folder of tests. */
export const testsOf =
  (folder) =>
  (...names) =>
    names.map((name) => `${folder}/test/${name}.test.ts`);
