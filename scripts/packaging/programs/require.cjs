const tf = require('@tensorflow/tfjs');
const moe = require('tfjs-moe');

async function main() {
  const { trainAndReload } = await import('./train-and-reload.mjs');
  await trainAndReload(tf, moe);
  // A program may mix both, knowingly or through its dependencies.
  const imported = await import('tfjs-moe');
  if (imported.MixtureOfExperts !== moe.MixtureOfExperts)
    throw new Error('import and require gave two copies');
}

main();
