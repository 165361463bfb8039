/**
 * The layer of some settings as calls of factories: run, it is the layer that the playground trains; written, it is the code
 * that the reader takes along. One tree for both, so that they cannot differ.
 */
import { hasTau, type Settings } from './settings.ts';

export interface Call {
  readonly call: string;
  readonly options: Readonly<Record<string, Value>>;
}

export type Value = number | string | boolean | Call | readonly Value[];

const call = (name: string, options: Readonly<Record<string, Value>> = {}): Call => ({ call: name, options });

export function layerPlan(settings: Settings, inputs: number): Call {
  const { experts, seed } = settings;
  return call('mixtureOfExperts', {
    inputShape: [inputs],
    experts,
    gate: gatePlan(settings),
    expert: expertPlan(settings),
    units: 1,
    ...balanceOption(settings),
    dispatch: 'dense',
    seed,
  });
}

export function gatePlan(settings: Settings): Call {
  const { gate, k, balance, weight } = settings;
  const router = routerOption(settings);
  const tau = hasTau(settings) && settings.tau !== 1;
  const soft = tau
    ? call('temperature', { temperature: settings.tau, learned: false, ...router })
    : call('softmax', router);
  switch (gate) {
    case 'softmax':
      return soft;
    case 'topK': {
      const selects: Readonly<Record<string, Value>> = balance === 'bias' ? { selectionBias: true } : {};
      const top = call('topK', { k, ...(tau ? { weighting: soft } : router), ...selects });
      return balance === 'bias' ? call('lossFree', { gate: top, speed: weight }) : top;
    }
    case 'noisyTopK':
      return call('noisyTopK', { k, ...router });
    case 'hierarchical':
      return call('hierarchical', {
        groups: 2,
        outer: call('softmax', router),
        inner: call('softmax', router),
      });
    default:
      return call(gate, router);
  }
}

function routerOption({ router }: Settings): Readonly<Record<string, Value>> {
  if (router === 'linear') return {};
  return { router: call(`${router}Router`, router === 'mlp' ? { hiddenUnits: 8 } : {}) };
}

export function expertPlan({ expert, width }: Settings): Call {
  if (expert === 'ffn') return call('ffn', { hiddenUnits: width, activation: 'tanh' });
  return call(expert, expert === 'polynomial' ? { degree: 2 } : {});
}

function balanceOption({ balance, weight }: Settings): Readonly<Record<string, Value>> {
  if (balance === 'none' || balance === 'bias') return {};
  return { balance: [call(`${balance}Loss`, { weight })] };
}

/** What the factories make of a plan. */
export function run(value: Value, factories: Readonly<Record<string, unknown>>): unknown {
  if (Array.isArray(value)) return value.map((each: Value) => run(each, factories));
  if (!isCall(value)) return value;
  const options = Object.fromEntries(
    Object.entries(value.options).map(([name, each]) => [name, run(each, factories)]),
  );
  return (factories[value.call] as (options: object) => unknown)(options);
}

/** The plan as JavaScript, two spaces deeper for every level. */
export function written(value: Value, indent = ''): string {
  if (Array.isArray(value)) return `[${value.map((each: Value) => written(each, indent)).join(', ')}]`;
  if (typeof value === 'string') return `'${value}'`;
  if (!isCall(value)) return String(value);
  const entries = Object.entries(value.options);
  if (entries.length === 0) return `${value.call}()`;
  const short = `${value.call}({ ${entries.map(([name, each]) => `${name}: ${written(each)}`).join(', ')} })`;
  if (short.length + indent.length <= 66 && value.call !== 'mixtureOfExperts') return short;
  const deeper = `${indent}  `;
  const lines = entries.map(([name, each]) => `${deeper}${name}: ${written(each, deeper)},`);
  return `${value.call}({\n${lines.join('\n')}\n${indent}})`;
}

/** The names of the factories in a plan, sorted. */
export function namesIn(value: Value): string[] {
  const all = (each: Value): string[] =>
    Array.isArray(each)
      ? (each as readonly Value[]).flatMap(all)
      : isCall(each)
        ? [each.call, ...Object.values(each.options).flatMap(all)]
        : [];
  return [...new Set(all(value))].sort();
}

function isCall(value: Value): value is Call {
  return typeof value === 'object' && !Array.isArray(value);
}
