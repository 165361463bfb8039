/** How long a fit takes, from the first start to convergence. */
import { MoeError } from '@tfjs-moe/core';
import type { Row, Subject } from '../subject.ts';
import { atomCases } from './estimators/atoms.ts';
import { familyCases } from './estimators/families.ts';
import { lineCases } from './estimators/lines.ts';
import { selectCases } from './estimators/select.ts';
import { workerCases } from './estimators/workers.ts';

export const estimators: Subject = {
  name: 'estimators',
  about:
    "time of a fit with all its starts: over that of R's flexmix from the same start, over a limit, and of two workers over one; each with the bar that was set for it",
  inParts: true,
  async measure(run) {
    const { only = '', log } = run;
    const all = [lineCases, familyCases, selectCases, workerCases, atomCases].flatMap((cases) => cases(run));
    const wanted = all.filter(({ topic, name }) => `${topic}: ${name}`.includes(only));
    if (wanted.length === 0)
      throw new MoeError(
        'bench',
        `--only must be part of one of "${all.map(({ topic, name }) => `${topic}: ${name}`).join('", "')}"`,
        only,
      );
    const rows: Row[] = [];
    for (const { name, measure } of wanted) {
      log(name);
      rows.push(await measure(run));
    }
    return rows;
  },
};
