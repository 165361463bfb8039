/** The program of some settings, for the reader to take along: a module for npm, or one page with everything in it. */
import { layerPlan, namesIn, written } from './plan.ts';
import { problemOf } from './problem.ts';
import type { Settings } from './settings.ts';

/** A module that makes `steps` steps and prints the error. */
export function moduleOf(settings: Settings, steps: number): string {
  const { inputs, x, y } = problemOf(settings);
  const plan = layerPlan(settings, inputs);
  const { optimizer, rate } = settings;
  return `import * as tf from '@tensorflow/tfjs';
import { ${namesIn(plan).join(', ')} } from 'tfjs-moe';

await tf.setBackend('cpu');
await tf.ready();

const points = [
${lines([...x.map((row, i) => [...row, y[i]!])].map((row) => `[${row.join(', ')}]`))}
];
const x = tf.tensor2d(points.map((row) => row.slice(0, -1)));
const y = tf.tensor2d(points.map((row) => row.slice(-1)));

const moe = ${written(plan)};
const model = tf.sequential({ layers: [moe] });
${settings.start === 'collapsed' ? collapse(settings) : ''}model.compile({
  optimizer: tf.train.${optimizer}(${rate}),
  loss: 'meanSquaredError',
  metrics: ['mse'],
});

let error;
for (let step = 1; step <= ${Math.max(1, steps)}; step++) {
  [, error] = await model.trainOnBatch(x, y);
}
console.log(\`mean squared error \${error}\`);
console.log(\`load of the experts \${moe.routingMetrics.load}\`);
`;
}

function collapse({ experts }: Settings): string {
  return `// Half of the experts start with so large a bias that they get every point.
const bias = moe.weights.find(({ originalName }) => originalName.endsWith('gate/bias'));
bias.write(tf.tensor(Array.from({ length: ${experts} }, (_, e) => (e < ${half(experts)} ? 4 : 0)), bias.shape));
`;
}

/** How many experts a collapse leaves. */
export function half(experts: number): number {
  return Math.max(1, Math.floor(experts / 2));
}

/** The same as a page, which takes the packages from a public mirror of npm. */
export function pageOf(settings: Settings, steps: number): string {
  const program = moduleOf(settings, steps).replaceAll('console.log(', 'say(').replaceAll('</', '<\\/');
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>A mixture of ${settings.experts} experts</title>
<script type="importmap">
{
  "imports": {
    "@tensorflow/tfjs": "https://esm.sh/@tensorflow/tfjs@4.22.0",
    "tfjs-moe": "https://esm.sh/tfjs-moe?deps=@tensorflow/tfjs@4.22.0"
  }
}
</script>
<pre id="out">training ...</pre>
<script type="module">
const out = document.getElementById('out');
const say = (line) => out.append(\`\\n\${line}\`);
${program}</script>
</html>
`;
}

/** Pieces in lines of at most 78 characters. */
function lines(pieces: readonly string[]): string {
  const out = [''];
  for (const piece of pieces) {
    const last = out.length - 1;
    if (out[last] === '') out[last] = `  ${piece},`;
    else if (out[last]!.length + piece.length > 76) out.push(`  ${piece},`);
    else out[last] += ` ${piece},`;
  }
  return out.join('\n');
}
