/**
 * Every ready study in its quick variant, in one process whose threads are shared: all tasks give a result, and the slopes are near what is claimed.
 *
 * Quick samples are small and few, so that a slope need only be within 0.4 of its claim: enough to tell n^-1/2 from no rate
 * at all. Of an arm with several truths, which a sample each says little of, the interval need only reach there. A rate is
 * an upper bound, which small samples approach from above, so that it may be faster by 0.9. Claims that our results
 * contradict, for which the study has a remark, are not asked for.
 */
import { readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { scratchFolder } from './scratch.mjs';

const cli = resolve(import.meta.dirname, '../packages/cli');
const dist = join(cli, 'dist');
const { runStudy } = await import(join(dist, 'study/run-study.js'));
const { summarise } = await import(join(dist, 'study/report/summarise.js'));
const { openThreadPool } = await import(join(dist, 'tasks/thread-pool.js'));

const TOLERANCE = 0.4;
const FASTER = 0.9;
/** Share of the fits that may fail, with a reason. */
const FAILURES = 0.05;

/** A claim of 0 says that there is no rate: then a faster fall contradicts it as well. */
function isNear({ value, low, high, ofTruths }, claimed) {
  const [least, most] = ofTruths === undefined ? [value, value] : [low, high];
  return least - claimed <= TOLERANCE && most - claimed >= (claimed === 0 ? -TOLERANCE : -FASTER);
}

const files = readdirSync(join(cli, 'studies'));
const sources = files.map((file) => ({ path: join(cli, 'studies', file), quick: true }));
/** Threads are shared: task t of study s has the number MOST s + t there. */
const MOST = 100_000;
const threads = await openThreadPool({
  source: { dist, sources, most: MOST },
  workers: availableParallelism(),
  worker: new URL('./studies-worker.mjs', import.meta.url),
});

const folder = scratchFolder('check-studies');
const problems = [];
for (const [study, source] of sources.entries()) {
  const began = performance.now();
  const name = basename(source.path, '.ts');
  const out = join(folder, `${name}.jsonl`);
  const openPool = async () => ({
    lanes: threads.lanes,
    run: (task) => threads.run(MOST * study + task),
    close: async () => {},
  });
  const results = await runStudy({ source, out, shard: undefined, workers: threads.lanes, openPool });
  const complain = (problem) => problems.push(`${name}: ${problem}`);
  const { outcomes, header } = results;
  if (outcomes.length !== header.tasks) complain(`${outcomes.length} of ${header.tasks} tasks`);
  const failed = outcomes.filter(({ error }) => error !== undefined);
  if (failed.length > FAILURES * outcomes.length)
    complain(`${failed.length} fits failed: ${failed[0].error}`);
  const odd = outcomes.find(
    ({ error, losses }) =>
      error === undefined && !Object.values(losses).every((value) => Number.isFinite(value) && value >= 0),
  );
  if (odd !== undefined) complain(`no finite loss: ${JSON.stringify(odd)}`);
  for (const { arm, loss, slope, claim } of summarise(results)) {
    if (slope === undefined) complain(`${arm}, ${loss}: no slope`);
    else if (claim && !claim.remark && !isNear(slope, claim.slope)) {
      complain(`${arm}, ${loss}: slope ${slope.value.toFixed(2)}, claimed ${claim.slope}`);
    }
  }
  const seconds = (performance.now() - began) / 1000;
  console.log(`${name}: ${outcomes.length} tasks, ${failed.length} fits failed, ${seconds.toFixed(0)} s`);
}
await threads.close();
for (const problem of problems) console.error(problem);
console.log(problems.length === 0 ? 'all studies are as they should be' : `${problems.length} problems`);
process.exitCode = problems.length === 0 ? 0 : 1;
