import { assert, type Runner } from '@tfjs-moe/core/testing';
import { linear } from '@tfjs-moe/experts';
import { softmax } from '@tfjs-moe/gates';
import type { MeasureShape } from '../measure/mixing-measure.ts';
import type { Answer, DefinitionReader, DefinitionUnderTest } from './definition.ts';
import { measuring } from './measuring.ts';

/**
 * Shows what the packages make of a definition of one's own, and holds it to what that must be.
 *
 * Each question is a test whose name has the answer, such as `gate: competitive (found)`, so that the list of tests reads
 * as a report. It fails where `expected` has another answer, or where `like` does: the same function must be treated the
 * same under any name. Each check is a promise that holds of every definition: nothing of the parameters is unseen but
 * what is known of, the canonical form is the same function, a fit has standard errors, a verdict agrees with numbers.
 *
 * `testGate`, `testRouter` and `testExpert` hold the definition and its traits to the formula; this suite shows what
 * follows from them.
 * @param readers packages that are asked. Default this one; add `fitting` of `@tfjs-moe/estimators/testing` and `judging`
 *   of `@tfjs-moe/theory/testing`
 */
export function testDefinition(
  { describe, test }: Runner,
  definition: DefinitionUnderTest,
  readers: readonly DefinitionReader[] = [measuring],
): void {
  const { name, like, expected = {}, exceptions = {}, inputDim = 2, experts = 4 } = definition;
  const { gate = softmax(), expert = linear() } = definition;
  const shape = { gate, expert, inputDim, experts };
  const other = like && { ...shape, ...like };
  describe(`definition ${name}`, () => {
    for (const reader of readers) {
      for (const [question, ask] of Object.entries(reader.questions)) {
        const answer = answered(ask, shape);
        test(`${reader.name}: ${question}: ${answer.text}`, () => {
          if ('failure' in answer) throw answer.failure;
          const { says } = answer;
          if (Object.hasOwn(expected, question)) expectSame(says, expected[question], 'expected');
          if (other !== undefined) expectSame(says, ask(other).says, 'of the definition that it is like');
        });
      }
      for (const check of reader.checks) {
        const reason = Object.hasOwn(exceptions, check.name) ? exceptions[check.name] : undefined;
        if (reason === undefined) test(`${reader.name}: ${check.name}`, () => check.run(shape));
        else {
          test(`${reader.name}: not: ${check.name} (${reason})`, () =>
            assert(
              fails(() => check.run(shape)),
              'the exception is out of date',
            ));
        }
      }
    }

    test('expects nothing that is not asked, and excuses nothing that is not checked', () => {
      const questions = readers.flatMap((reader) => Object.keys(reader.questions));
      const checks = readers.flatMap((reader) => reader.checks.map((check) => check.name));
      const stray = Object.keys(expected).find((question) => !questions.includes(question));
      assert(stray === undefined, `there is no question "${stray}"; there are ${questions.join(', ')}`);
      const excused = Object.keys(exceptions).find((check) => !checks.includes(check));
      assert(excused === undefined, `there is no check "${excused}"`);
    });
  });
}

type Answered =
  | { readonly text: string; readonly says: string }
  | { readonly text: string; readonly failure: unknown };

/** The answer, for the name of a test; a failure is kept until the test is run. */
function answered(ask: (shape: MeasureShape) => Answer, shape: MeasureShape): Answered {
  try {
    const { says, source } = ask(shape);
    return { text: source === undefined ? says : `${says} (${source})`, says };
  } catch (failure) {
    return { text: 'no answer', failure };
  }
}

function expectSame(says: string, other: string | undefined, which: string): void {
  assert(says === other, `"${says}" instead of "${other}", ${which}`);
}

function fails(run: () => void): boolean {
  try {
    run();
    return false;
  } catch {
    return true;
  }
}
