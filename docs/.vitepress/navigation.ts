/** The order of the pages. */
import type { DefaultTheme } from 'vitepress';

type Item = DefaultTheme.SidebarItem;

export const nav: DefaultTheme.NavItem[] = [
  { text: 'Guide', link: '/guide/getting-started', activeMatch: '^/guide/' },
  { text: 'Playground', link: '/playground' },
  { text: 'Gallery', link: '/gallery' },
  {
    text: 'Reference',
    items: [
      { text: 'Gates', link: '/gates/softmax', activeMatch: '^/gates/' },
      { text: 'Routers', link: '/routers/linear', activeMatch: '^/routers/' },
      { text: 'Experts', link: '/experts/linear', activeMatch: '^/experts/' },
      { text: 'Balance losses', link: '/losses/switch-loss', activeMatch: '^/losses/' },
      { text: 'Data sets', link: '/datasets/simulate', activeMatch: '^/datasets/' },
      { text: 'API', link: '/api/', activeMatch: '^/api/' },
    ],
  },
  { text: 'Theory', link: '/theory/learned-temperature', activeMatch: '^/theory/' },
  { text: 'Estimators', link: '/estimators/least-squares', activeMatch: '^/(estimators|measures|studies)/' },
  { text: 'Architecture', link: '/architecture' },
];

const guide: Item[] = [
  {
    text: 'Guide',
    items: [
      { text: 'Getting started', link: '/guide/getting-started' },
      { text: 'Start from a template', link: '/guide/templates' },
      { text: 'Choose a gate', link: '/guide/choose-a-gate' },
      { text: 'When not to use a mixture', link: '/guide/when-not' },
      { text: 'Compared with other libraries', link: '/guide/comparison' },
      { text: 'Balancing the load', link: '/guide/balance' },
      { text: 'Why experts die', link: '/guide/why-experts-die' },
      { text: 'Recovering from a collapse', link: '/guide/collapse' },
      { text: 'Loops of your own', link: '/guide/own-loops' },
      { text: 'In a transformer', link: '/guide/in-a-transformer' },
      { text: 'Names: who takes which character', link: '/guide/names' },
      { text: 'Models of today', link: '/guide/models-of-today' },
      { text: 'Conformance', link: '/guide/conformance' },
      { text: 'Dispatch and capacity', link: '/guide/dispatch' },
      { text: 'Looking at the routing', link: '/guide/routing' },
      { text: 'Routing traces', link: '/guide/routing-traces' },
      { text: 'Several tasks', link: '/guide/several-tasks' },
      { text: 'Saving and loading', link: '/guide/saving-and-loading' },
      { text: 'Models trained elsewhere', link: '/guide/checkpoints' },
      { text: 'Surgery', link: '/guide/surgery' },
      { text: 'ONNX', link: '/guide/onnx' },
      { text: 'Safetensors files', link: '/guide/safetensors' },
      { text: 'Masks and padding', link: '/guide/masks-and-padding' },
      { text: 'Freezing and schedules', link: '/guide/freezing-and-schedules' },
      { text: 'Dropout, regularisers, constraints', link: '/guide/dropout-and-regularizers' },
      { text: 'Backends', link: '/guide/backends' },
      { text: 'In a worker', link: '/guide/in-a-worker' },
      { text: 'Bundlers, policies and workers', link: '/guide/bundlers' },
      { text: 'Fast training on wasm', link: '/guide/fast-training' },
      { text: 'Speed', link: '/guide/speed' },
      { text: 'How big in a browser', link: '/guide/size' },
      { text: 'Errors', link: '/guide/errors' },
      { text: 'Tests', link: '/guide/tests' },
    ],
  },
  {
    text: 'Coming from',
    items: [
      { text: 'PyTorch', link: '/guide/from-pytorch' },
      { text: 'Keras', link: '/guide/from-keras' },
      { text: 'flexmix and R', link: '/estimators/fit' },
    ],
  },
  {
    text: 'Your own parts',
    items: [
      { text: 'Writing an expert', link: '/guide/writing-an-expert' },
      { text: 'Writing a gate', link: '/guide/writing-a-gate' },
    ],
  },
  { text: 'Gallery', link: '/gallery' },
  { text: 'Exercises', link: '/exercises' },
  { text: 'Cheat sheet', link: '/cheat-sheet' },
  { text: 'Glossary', link: '/glossary' },
  { text: 'References', link: '/references' },
  { text: 'What is new', link: '/changelog' },
  { text: 'Architecture', link: '/architecture' },
];

const plugins: Item[] = [
  {
    text: 'Gates',
    items: [
      // list: gates
      { text: 'Softmax', link: '/gates/softmax' },
      { text: 'Sigmoid', link: '/gates/sigmoid' },
      { text: 'Pointwise', link: '/gates/pointwise' },
      { text: 'Temperature', link: '/gates/temperature' },
      { text: 'Product keys', link: '/gates/product-keys' },
      { text: 'DSelect-k', link: '/gates/dselect-k' },
      { text: 'Top-K', link: '/gates/top-k' },
      { text: 'Noisy top-K', link: '/gates/noisy-top-k' },
      { text: 'Switch', link: '/gates/switch-gate' },
      { text: 'Group-limited top-K', link: '/gates/group-limited-top-k' },
      { text: 'Quantile balancing', link: '/gates/quantile-balancing' },
      { text: 'Sinkhorn', link: '/gates/sinkhorn' },
      { text: 'Top-P', link: '/gates/top-p' },
      { text: 'Min-P', link: '/gates/min-p' },
      { text: 'SparseMixer', link: '/gates/sparse-mixer' },
      { text: 'ReMoE', link: '/gates/re-moe' },
      { text: 'Hash', link: '/gates/hash' },
      { text: 'Expert choice', link: '/gates/expert-choice' },
      { text: 'Expert threshold', link: '/gates/expert-threshold' },
      { text: 'Top-K of a sequence', link: '/gates/sequence-top-k' },
      { text: 'Mixture of depths', link: '/gates/mixture-of-depths' },
      { text: 'Soft MoE', link: '/gates/soft-moe' },
      { text: 'Hierarchical', link: '/gates/hierarchical' },
      { text: 'Loss-free balance', link: '/gates/loss-free' },
      // end of list
    ],
  },
  {
    text: 'Routers',
    items: [
      // list: routers
      { text: 'Linear', link: '/routers/linear' },
      { text: 'MLP', link: '/routers/mlp' },
      { text: 'Cosine', link: '/routers/cosine' },
      { text: 'Euclidean', link: '/routers/euclidean' },
      { text: 'Selected inputs', link: '/routers/selected-inputs' },
      { text: 'Constant', link: '/routers/constant' },
      // end of list
    ],
  },
  {
    text: 'Experts',
    items: [
      // list: experts
      { text: 'Linear', link: '/experts/linear' },
      { text: 'Polynomial', link: '/experts/polynomial' },
      { text: 'Constant', link: '/experts/constant' },
      { text: 'Feed-forward', link: '/experts/ffn' },
      { text: 'Normalised feed-forward', link: '/experts/normalized-ffn' },
      { text: 'Gated feed-forward', link: '/experts/gated-ffn' },
      { text: 'Low-rank adapters', link: '/experts/lora' },
      { text: 'Identity', link: '/experts/identity' },
      { text: 'Zero', link: '/experts/zero' },
      { text: 'Gated constant', link: '/experts/gated-constant' },
      { text: 'Several kinds in one layer', link: '/experts/mixed-experts' },
      { text: 'Layers of your own', link: '/experts/layer-experts' },
      { text: 'Shared experts', link: '/experts/shared-experts' },
      { text: 'Selected inputs', link: '/experts/selected-inputs' },
      // end of list
    ],
  },
  {
    text: 'Balance losses',
    items: [
      // list: losses
      { text: 'Switch loss', link: '/losses/switch-loss' },
      { text: 'Importance loss', link: '/losses/importance-loss' },
      { text: 'Load loss', link: '/losses/load-loss' },
      { text: 'Z-loss', link: '/losses/z-loss' },
      { text: 'Sparsity loss', link: '/losses/sparsity-loss' },
      // end of list
    ],
  },
  {
    text: 'Data sets',
    items: [
      // list: datasets
      { text: 'Simulated data', link: '/datasets/simulate' },
      { text: 'Published designs', link: '/datasets/design' },
      { text: 'Your own table', link: '/datasets/read-table' },
      { text: 'Global temperature', link: '/datasets/gistemp' },
      { text: 'Penguins', link: '/datasets/penguins' },
      { text: 'MNIST', link: '/datasets/mnist' },
      // end of list
    ],
  },
];

const theory: Item[] = [
  {
    text: 'Theory',
    items: [
      { text: 'A learned temperature', link: '/theory/learned-temperature' },
      { text: 'The second-order criterion', link: '/theory/second-order' },
      { text: 'Densities', link: '/theory/densities' },
      { text: 'Verdicts', link: '/theory/verdicts' },
      { text: 'Certificates', link: '/theory/certificates' },
    ],
  },
];

const estimators: Item[] = [
  {
    text: 'Estimators',
    items: [
      { text: 'Least squares', link: '/estimators/least-squares' },
      { text: 'Maximum likelihood', link: '/estimators/maximum-likelihood' },
      { text: 'Families of responses', link: '/estimators/families' },
      { text: 'Ridge and lasso', link: '/estimators/penalties' },
      { text: 'Standard errors and summaries', link: '/estimators/inference' },
      { text: 'What is answered of which fit', link: '/estimators/questions' },
      { text: 'Choosing the number of experts', link: '/estimators/choosing-experts' },
      { text: 'Plots', link: '/estimators/plots' },
      { text: 'Formulas', link: '/estimators/formulas' },
      { text: 'A table in one command: moe fit', link: '/estimators/fit' },
      { text: 'moe in programs: Node, R, Quarto', link: '/estimators/programs' },
    ],
  },
  {
    text: 'Measures',
    items: [
      { text: 'Mixing measures', link: '/measures/mixing-measure' },
      { text: 'Voronoi losses', link: '/measures/voronoi' },
    ],
  },
  {
    text: 'Studies of rates',
    items: [
      { text: 'What they show', link: '/studies/' },
      { text: 'Regression functions', link: '/studies/regression-rate' },
      { text: 'The true number of experts', link: '/studies/exact-rate' },
      { text: 'One expert too many', link: '/studies/over-fitted' },
      { text: 'Sigmoid against softmax', link: '/studies/sigmoid-against-softmax' },
      { text: 'A learned temperature', link: '/studies/temperature' },
      { text: 'Hierarchical gates', link: '/studies/hierarchical' },
      { text: 'Top-K gates', link: '/studies/top-k' },
      { text: 'Starts away from the truth', link: '/studies/away-from-the-truth' },
      { text: 'ReLU on bounded inputs', link: '/studies/relu-on-bounded-inputs' },
    ],
  },
];

export const sidebar: Record<string, Item[]> = {
  '/guide/': guide,
  '/architecture': guide,
  '/cheat-sheet': guide,
  '/exercises': guide,
  '/gallery': guide,
  '/glossary': guide,
  '/references': guide,
  '/gates/': plugins,
  '/routers/': plugins,
  '/experts/': plugins,
  '/losses/': plugins,
  '/datasets/': plugins,
  '/theory/': theory,
  '/estimators/': estimators,
  '/measures/': estimators,
  '/studies/': estimators,
};
