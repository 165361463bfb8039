import { CustomCallback } from '@tensorflow/tfjs-layers';
import { expectInteger, expectKnownOptions, expectNumber, MoeError } from '@tfjs-moe/core';
import { deadExperts, effectiveExperts, loadViolation } from '../load-shape.ts';
import type { RoutingMetrics } from '../routing-metrics.ts';
import { warn } from '../warn.ts';
import { recordedGates, type Watchable, type WatchedGate } from './watched-gates.ts';

/** What can be wrong with a routing. */
export type AlarmName = 'deadExperts' | 'maxViolation' | 'collapse' | 'logitGrowth';

/** What an alarm has found, and what can be done. */
export interface RoutingFinding {
  readonly alarm: AlarmName;
  /** Name of the layer; of a layer with several tasks, `layer/task`. */
  readonly layer: string;
  /** Epoch, from 0; in a loop of one's own 0. */
  readonly epoch: number;
  /** Batches since training began, from 0. */
  readonly step: number;
  /** What was measured. */
  readonly value: number;
  /** What it was measured against. */
  readonly limit: number;
  /** The experts it is about, where it is about some. */
  readonly experts: readonly number[];
  /** What is wrong, in words. */
  readonly message: string;
  /** What can be done about it. */
  readonly advice: string;
}

/** Options of `routingAlarm`: what is watched, how patient the alarms are, and who is told. Each limit may be `false`: off. */
export interface RoutingAlarmOptions {
  /**
   * What to watch: a mixture layer, with one gate or several, or a model or layer in which some lie, however deep; or several
   * of these.
   */
  readonly layer: Watchable | readonly Watchable[];
  /** Batches in a row without a token after which an expert is called dead. Default 20. */
  readonly deadBatches?: number | false;
  /** Load of the busiest expert over the mean, less 1, that is too much. Default 2. */
  readonly maxViolation?: number | false;
  /**
   * Effective experts $e^H$ below which the routing has collapsed. Default K + 1, and less where there are hardly more than
   * K experts: K + min(1, (E - K) / 4). For gates that choose all, 1.25, of the weights.
   */
  readonly collapse?: number | boolean;
  /** Growth of the logits' root mean square over that of the first batch, or over 1 if that was less. Default 10. */
  readonly logitGrowth?: number | false;
  /** Batches in a row for which `maxViolation`, `collapse` and `logitGrowth` must be found. Default 3. */
  readonly patience?: number;
  /** Told of every finding. Default: a warning on the console. */
  readonly onAlarm?: (finding: RoutingFinding) => void;
}

/** The callback, for `fit` and `fitDataset`. */
export type RoutingAlarm = CustomCallback & {
  /** What was found since training began, oldest first. */
  readonly findings: readonly RoutingFinding[];
  /** Looks at the last training batch: for loops of one's own, after every step. Resolves to what is new. */
  check(): Promise<readonly RoutingFinding[]>;
};

/** What to do, in the order in which to try. */
const ADVICE: Readonly<Record<AlarmName, string>> = {
  deadExperts:
    'they learn nothing any more: add or raise a balance loss (switchLoss), move a selection bias, or have fewer experts',
  maxViolation:
    'raise the weight of the balance loss, or its batch: a larger batch or one loss over several; with a capacity, tokens are being dropped',
  collapse:
    'a few experts have everything: add a balance loss, lower the learning rate of the gate, or begin with noise (noisyTopK) or a higher temperature',
  logitGrowth:
    'the gate is becoming one-hot and its gradient vanishes: add zLoss, or lower its learning rate',
};

interface Watched extends WatchedGate {
  readonly expertsPerToken: number;
  /** Batches in a row without a token, of every expert. */
  idle: number[];
  /** Batches in a row in which an alarm was right. */
  readonly lasting: Map<AlarmName, number>;
  firstScale: number | undefined;
  last: RoutingMetrics | null;
}

/**
 * A callback that says when a routing goes wrong, and what to do: experts that get no tokens, a busiest expert with far too
 * many, a collapse on about K experts, logits that grow.
 *
 * Each alarm goes off once, and again only after it was right no longer. For gates that choose every expert, weights are
 * looked at in place of tokens.
 */
export function routingAlarm(options: RoutingAlarmOptions): RoutingAlarm {
  const who = 'routingAlarm';
  const names = ['deadBatches', 'maxViolation', 'collapse', 'logitGrowth', 'patience'];
  expectKnownOptions(who, options, ['layer', 'onAlarm', ...names]);
  const gates = recordedGates(who, options.layer);
  const deadBatches = limitOf(options.deadBatches, 20, (value) =>
    expectInteger(who, 'deadBatches', value, { min: 1 }),
  );
  const maxViolation = limitOf(options.maxViolation, 2, (value) =>
    expectNumber(who, 'maxViolation', value, { min: 0 }),
  );
  const collapse = options.collapse ?? true;
  if (typeof collapse !== 'boolean') expectNumber(who, 'collapse', collapse, { min: 1 });
  const logitGrowth = limitOf(options.logitGrowth, 10, (value) =>
    expectNumber(who, 'logitGrowth', value, { min: 1 }),
  );
  const patience = expectInteger(who, 'patience', options.patience ?? 3, { min: 1 });
  const { onAlarm = ({ message, advice }: RoutingFinding) => warn(who, `${message}; ${advice}`) } = options;
  if (typeof onAlarm !== 'function') throw new MoeError(who, 'onAlarm must be a function', onAlarm);

  let [epoch, step] = [0, 0];
  let watched: Watched[] = [];
  let findings: RoutingFinding[] = [];

  function begin(): void {
    [epoch, step] = [0, 0];
    findings = [];
    watched = gates.map((each) => ({
      ...each,
      expertsPerToken: each.gate.expertsPerToken(each.experts),
      idle: new Array(each.experts).fill(0),
      lasting: new Map(),
      firstScale: undefined,
      last: each.known(),
    }));
  }

  /** What one layer's last batch says, whether it is worth an alarm or not yet. */
  function look(of: Watched, metrics: RoutingMetrics): Omit<RoutingFinding, 'epoch' | 'step' | 'advice'>[] {
    const { experts, expertsPerToken } = of;
    const shares = expertsPerToken < experts ? metrics.load : metrics.importance.map((w) => Math.max(0, w));
    const found: Omit<RoutingFinding, 'epoch' | 'step' | 'advice'>[] = [];
    const layer = of.name;
    const say = (
      alarm: AlarmName,
      isWrong: boolean,
      {
        value,
        limit,
        needed = patience,
        about = [],
      }: { value: number; limit: number; needed?: number; about?: number[] },
      message: string,
    ) => {
      const lasted = isWrong ? (of.lasting.get(alarm) ?? 0) + 1 : 0;
      of.lasting.set(alarm, lasted);
      if (lasted === needed) found.push({ alarm, layer, value, limit, experts: about, message });
    };
    const idleNow = new Set(deadExperts(shares));
    of.idle = of.idle.map((batches, e) => (idleNow.has(e) ? batches + 1 : 0));
    if (deadBatches !== false) {
      // Told anew of every further expert.
      const about = of.idle.flatMap((batches, e) => (batches === deadBatches ? [e] : []));
      const list = `expert${about.length > 1 ? 's' : ''} ${about.join(', ')} of layer ${layer}`;
      const text = `${list} had no token for ${deadBatches} batches`;
      of.lasting.delete('deadExperts');
      say(
        'deadExperts',
        about.length > 0,
        { value: about.length, limit: deadBatches, needed: 1, about },
        text,
      );
    }
    const { max } = loadViolation(shares);
    if (maxViolation !== false) {
      const busiest = shares.indexOf(Math.max(...shares));
      const text = `expert ${busiest} of layer ${layer} has ${(max + 1).toFixed(1)} times the mean load`;
      say('maxViolation', max > maxViolation, { value: max, limit: maxViolation, about: [busiest] }, text);
    }
    const effective = effectiveExperts(shares);
    const least = typeof collapse === 'number' ? collapse : collapsedBelow(experts, expertsPerToken);
    const used = `${effective.toFixed(1)} of ${experts} experts of layer ${layer} are in use`;
    if (collapse !== false && experts > 1)
      say('collapse', effective < least, { value: effective, limit: least }, `only ${used}`);
    of.firstScale ??= metrics.logitScale;
    const growth = metrics.logitScale / Math.max(1, of.firstScale);
    const text = `the logits of layer ${layer} have grown to ${metrics.logitScale.toPrecision(3)}, from ${of.firstScale.toPrecision(3)}`;
    if (logitGrowth !== false)
      say('logitGrowth', growth > logitGrowth, { value: growth, limit: logitGrowth }, text);
    return found;
  }

  async function check(): Promise<readonly RoutingFinding[]> {
    const at = step++;
    const fresh: RoutingFinding[] = [];
    for (const of of watched) {
      const metrics = await of.latest();
      // A layer that this step has not called says nothing new.
      if (metrics === null || metrics === of.last || metrics.tokens === 0) continue;
      of.last = metrics;
      if (![...metrics.load, ...metrics.importance, metrics.logitScale].every(Number.isFinite)) continue;
      for (const finding of look(of, metrics))
        fresh.push(Object.freeze({ ...finding, epoch, step: at, advice: ADVICE[finding.alarm] }));
    }
    findings.push(...fresh);
    fresh.forEach(onAlarm);
    return fresh;
  }

  begin();
  const callback = new CustomCallback({
    onTrainBegin: begin,
    onEpochBegin(next) {
      epoch = next;
    },
    async onBatchEnd() {
      await check();
    },
  });
  return Object.defineProperties(callback, {
    findings: { get: () => findings },
    check: { value: check },
  }) as RoutingAlarm;
}

/** K + 1, but never so near to E that an even load of few experts would be below it. */
function collapsedBelow(experts: number, expertsPerToken: number): number {
  if (expertsPerToken >= experts) return Math.min(1.25, experts);
  return expertsPerToken + Math.min(1, (experts - expertsPerToken) / 4);
}

function limitOf(value: number | false | undefined, byDefault: number, expected: (value: unknown) => number) {
  return value === false ? false : expected(value ?? byDefault);
}
