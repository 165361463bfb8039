/**
 * Asks TypeScript's language service what an editor completes inside `gate: '`, `kind: '` and the configs of built-in kinds,
 * on the built packages. `pnpm exports` runs it; it needs a build.
 */
import { resolve } from 'node:path';
import ts from 'typescript';

const gates = [
  'softmax',
  'topK',
  'topP',
  'minP',
  'sparseMixer',
  'pointwise',
  'hash',
  'softMoe',
  'lossFree',
  'expertChoice',
  'mixtureOfDepths',
  'expertThreshold',
  'quantileBalancing',
  'reMoe',
  'sinkhorn',
  'sequenceTopK',
  'productKeys',
  'dselectK',
  'groupLimitedTopK',
  'hierarchical',
  'noisyTopK',
  'sigmoid',
  'switchGate',
  'temperature',
];
const routers = ['linear', 'mlp', 'cosine', 'euclidean'];
const experts = ['linear', 'polynomial', 'constant', 'ffn', 'normalizedFfn', 'gatedFfn'];
const losses = ['switchLoss', 'importanceLoss', 'loadLoss', 'zLoss', 'sparsityLoss'];
const initializers = ['zeros', 'glorotUniform', 'varianceScaling'];

/** Where the cursor stands, `|`, and what must be offered there. */
const cases = [
  ["mixtureOfExperts({ gate: '|' })", gates],
  ["mixtureOfExperts({ gate: { kind: '|' } })", gates],
  ["mixtureOfExperts({ gate: { kind: 'to|', k: 2 } })", gates],
  ["mixtureOfExperts({ gate: { kind: 'topK', | } })", ['k', 'weighting', 'renormalize', 'router']],
  // Not the kind around it, which occurs already.
  ["mixtureOfExperts({ gate: { kind: 'topK', weighting: { kind: '|' } } })", ['softmax', 'sigmoid']],
  ["mixtureOfExperts({ gate: { kind: 'softmax', router: '|' } })", routers],
  ["mixtureOfExperts({ expert: '|' })", experts],
  ["mixtureOfExperts({ expert: { kind: '|' } })", experts],
  ["mixtureOfExperts({ expert: { kind: 'ffn', | } })", ['hiddenUnits', 'activation', 'useBias']],
  ["mixtureOfExperts({ balance: ['|'] })", losses],
  ["mixtureOfExperts({ balance: [{ kind: '|' }] })", losses],
  ["mixtureOfExperts({ dispatch: '|' })", ['auto', 'dense', 'capacity', 'grouped']],
  ["topK({ weighting: '|' })", gates],
  ["softmax({ router: { kind: '|' } })", routers],
  ["hierarchical({ outer: { kind: '|' } })", gates],
  ["ffn({ activation: '|' })", ['relu', 'gelu', 'silu']],
  ["ffn({ kernelInitializer: '|' })", initializers],
  ["ffn({ kernelInitializer: { kind: '|' } })", initializers],
  ["fitMaximumLikelihood({ gate: '|' })", gates],
  ["fitMaximumLikelihood({ gate: { kind: '|' } })", gates],
  ["fitMaximumLikelihood({ expert: { kind: 'ffn', | } })", ['hiddenUnits', 'activation', 'useBias']],
  ["fitLeastSquares({ gate: softmax(), expert: { kind: '|' } })", experts],
  ["fitLeastSquares({ gate: { kind: 'topK', | } })", ['k', 'weighting', 'renormalize', 'router']],
  ["selectExperts({ gate: '|' })", gates],
  ["identifiability({ gate: { kind: 'topK', weighting: { kind: '|' } } })", ['softmax', 'sigmoid']],
  ["rates({ expert: '|' })", experts],
  ["reportCard({ gate: '|' })", gates],
  ["reportCard({ gate: 'softmax', router: { kind: '|' } })", routers],
  ["reportCard({ expert: { kind: 'ffn', | } })", ['hiddenUnits', 'activation', 'useBias']],
  ["const options: MixtureOfExpertsArgs = { gate: '|' }", gates],
];

const file = resolve('packages/tfjs-moe/completions.ts');
const names = 'ffn, hierarchical, type MixtureOfExpertsArgs, mixtureOfExperts, softmax, topK';
const fits = 'fitLeastSquares, fitMaximumLikelihood, selectExperts';
const head =
  `import { ${names} } from './dist/index.js';` +
  `import { ${fits} } from '../estimators/dist/index.js';` +
  `import { identifiability, rates, reportCard } from '../theory/dist/index.js';\n`;
const options = { module: ts.ModuleKind.NodeNext, skipLibCheck: true, strict: true, types: [] };
let text = head;
let version = 0;
const service = ts.createLanguageService({
  getScriptFileNames: () => [file],
  getScriptVersion: (path) => (path === file ? String(version) : '1'),
  getScriptSnapshot: (path) => {
    const content = path === file ? text : ts.sys.readFile(path);
    return content === undefined ? undefined : ts.ScriptSnapshot.fromString(content);
  },
  getCurrentDirectory: () => process.cwd(),
  getCompilationSettings: () => options,
  getDefaultLibFileName: ts.getDefaultLibFilePath,
  fileExists: (path) => path === file || ts.sys.fileExists(path),
  readFile: (path) => (path === file ? text : ts.sys.readFile(path)),
});

let failures = 0;
for (const [code, wanted] of cases) {
  text = head + code.replace('|', '');
  version++;
  const offered = service.getCompletionsAtPosition(file, head.length + code.indexOf('|'), {})?.entries ?? [];
  const missing = wanted.filter((name) => !offered.some((entry) => entry.name === name));
  // Methods of strings are no options: they would hide the few that are.
  const noise = offered.filter(({ name }) => name === 'charCodeAt').map(({ name }) => name);
  if (missing.length + noise.length === 0) continue;
  failures++;
  console.log(`FAIL an editor does not offer ${missing.join(', ')}${noise.join()} at ${code}`);
}
console.log(`${cases.length} places of completion, ${failures} wrong`);
process.exit(failures === 0 ? 0 : 1);
