/** Projects as `npm create tfjs-moe` writes them: installed, built, and looked at until they have trained. */
import { join } from 'node:path';
import { noChromium } from '../chromium.mjs';
import { emptyProject, npm, npmRunning } from './consumer.mjs';
import { visit } from './open-page.mjs';

/** What the model has to come below, of a curve whose variance is a quarter. */
const LEARNED = 0.03;

const looksAt = {
  node: (folder) => learned(npm(folder, 'start')),
  page: (folder) => visit(folder, trained('#answers tr')),
  vite: (folder) => built(folder),
  react: (folder) => built(folder),
};

/** @returns the last error of every template, for a note */
export async function createProjects(folder, release) {
  emptyProject(folder, release);
  const errors = [];
  for (const [template, look] of Object.entries(looksAt)) {
    npmRunning(folder, 'create', 'tfjs-moe', template, '--', '--template', template);
    const project = join(folder, template);
    if (template !== 'node' && noChromium) continue;
    // It asks the registry of the folder above it: a project of somebody's has none of its own either.
    npm(project, 'install', '--userconfig', join(folder, '.npmrc'), '--ignore-scripts', '--loglevel=error');
    errors.push(`${template} ${await look(project)}`);
  }
  return errors.join(', ');
}

function built(project) {
  npm(project, 'run', 'build');
  return visit(join(project, 'dist'), trained('circle:not(.target)'));
}

/** Of a page: waits for its last epoch, and looks whether there is a picture of what the model answers. */
const trained = (mark) => async (page) => {
  const status = page.locator('#status', { hasText: 'epoch 100:' });
  await status.waitFor();
  if ((await page.locator(mark).count()) === 0) throw new Error(`the page has no ${mark}`);
  return learned(await status.textContent());
};

function learned(text) {
  const error = Number(/epoch 100: mean squared error ([\d.]+)/.exec(text)?.[1]);
  if (!(error < LEARNED)) throw new Error(`the model has not learned its curve: ${text}`);
  return error;
}
