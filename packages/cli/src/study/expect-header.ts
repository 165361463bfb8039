import { MoeError } from '@tfjs-moe/core';
import type { Header } from './results.ts';
import type { Study } from './study.ts';
import { fingerprintOf } from './study-file.ts';
import { type Shard, taskCount } from './task.ts';

type Unknown<T> = { readonly [Name in keyof T]?: unknown };

/**
 * The first line of a file of results, believed only where its numbers are those of the study that it holds.
 * @throws MoeError that says what is wrong with it
 */
export function expectHeader(who: string, value: unknown, path: string): Header {
  const refuse = (rule: string, ...received: [unknown?]) =>
    new MoeError(who, `line 1 of ${path} must be the header of a study's results: ${rule}`, ...received);
  if (!isObject<Header>(value)) throw refuse('an object', value);
  const { study, fingerprint, tasks, shard, config } = value;
  if (typeof study !== 'string') throw refuse('study must be a name', study);
  if (!isStudy(config)) throw refuse('config must be a study');
  if (config.name !== study) throw refuse('study must be the name in config', study);
  if (fingerprint !== fingerprintOf(config)) throw refuse('fingerprint must be that of config', fingerprint);
  if (tasks !== taskCount(config)) throw refuse(`tasks must be ${taskCount(config)}`, tasks);
  if (shard !== undefined && !isShard(shard)) throw refuse('shard must be an index below a count', shard);
  const stray = Object.keys(value).find((name) => !known.includes(name));
  if (stray !== undefined) throw refuse('there is no such field', stray);
  return value as Header;
}

const known = ['study', 'fingerprint', 'tasks', 'shard', 'config'];

/** What reports and tasks read of a study; the fingerprint answers for the rest. */
function isStudy(value: unknown): value is Study {
  if (!isObject<Study>(value)) return false;
  const { name, title, about, sizes, replicates, seed, arms } = value;
  return (
    typeof name === 'string' &&
    typeof title === 'string' &&
    (about === undefined || typeof about === 'string') &&
    Array.isArray(sizes) &&
    sizes.every((size) => isCount(size)) &&
    isCount(replicates) &&
    Number.isInteger(seed) &&
    Array.isArray(arms) &&
    arms.every(isArm) &&
    Number.isSafeInteger(arms.length * sizes.length * replicates)
  );
}

function isArm(value: unknown): boolean {
  if (!isObject<Study['arms'][number]>(value)) return false;
  const { name, panel, truths, losses, claims = [] } = value;
  return (
    typeof name === 'string' &&
    (panel === undefined || typeof panel === 'string') &&
    (truths === undefined || (Array.isArray(truths) && truths.length > 0)) &&
    Array.isArray(losses) &&
    losses.every((loss) => typeof loss === 'string') &&
    Array.isArray(claims) &&
    claims.every(isClaim)
  );
}

function isClaim(value: unknown): boolean {
  if (!isObject<{ loss: string; slope: number; source: string; remark: string }>(value)) return false;
  const { loss, slope, source, remark = '' } = value;
  return [loss, source, remark].every((text) => typeof text === 'string') && Number.isFinite(slope);
}

function isShard(value: unknown): value is Shard {
  if (!isObject<Shard>(value) || !isCount(value.count)) return false;
  return (
    Number.isInteger(value.index) && (value.index as number) >= 0 && (value.index as number) < value.count
  );
}

function isObject<T>(value: unknown): value is Unknown<T> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) > 0;
}
