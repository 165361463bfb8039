import { fileURLToPath } from 'node:url';
import { playwright } from '@vitest/browser-playwright';
import { defaultClientConditions, defaultServerConditions } from 'vite';
import { defineConfig, type TestProjectInlineConfiguration as ProjectConfig } from 'vitest/config';

// Tests read the packages' sources, so that no build is needed and stack traces point at the real lines.
const SOURCE = 'tfjs-moe-source';

const chromium = process.env.CHROMIUM ?? '/usr/bin/chromium';

// Anew for each project: Vitest writes into it.
const browser = () => ({
  enabled: true,
  headless: true,
  screenshotFailures: false,
  provider: playwright({
    launchOptions: {
      executablePath: chromium,
      // Software adapters: WebGL and WebGPU exist on a machine without a GPU.
      args: [
        '--no-sandbox',
        '--use-gl=angle',
        '--use-angle=swiftshader',
        '--enable-unsafe-swiftshader',
        '--enable-unsafe-webgpu',
        '--use-webgpu-adapter=swiftshader',
      ],
    },
  }),
  instances: [{ browser: 'chromium' as const }],
});

const ELSEWHERE = ['**/*.browser.test.ts', '**/*.alone.test.ts', '**/node_modules/**'];

/** Packages that leave nothing behind in a process but kinds of plugins. Files that share one are through in half the time. */
const OF_ARITHMETIC = ['numerics', 'experts', 'gates', 'measures', 'estimators', 'theory', 'datasets'].map(
  (name) => `packages/${name}/test/**/*.test.ts`,
);

const node = (test: ProjectConfig['test']): ProjectConfig => ({
  resolve: {
    conditions: [SOURCE, ...defaultServerConditions],
    alias: { 'fast-check': fileURLToPath(new URL('scripts/fast-check.config.mjs', import.meta.url)) },
  },
  ssr: { resolve: { conditions: [SOURCE, ...defaultServerConditions] } },
  // Some tests train; on a slow or busy machine that takes a while.
  test: { testTimeout: 60_000, ...test },
});

export default defineConfig({
  test: {
    projects: [
      node({
        name: 'node',
        include: ['packages/*/test/**/*.test.ts', 'apps/*/test/**/*.test.ts', 'scripts/test/*.test.mjs'],
        exclude: [...ELSEWHERE, ...OF_ARITHMETIC],
      }),
      node({ name: 'node-arithmetic', include: OF_ARITHMETIC, exclude: ELSEWHERE, isolate: false }),
      // Asks which kinds are known, which what ran before in its process would change.
      node({ name: 'node-alone', include: ['packages/*/test/**/*.alone.test.ts'] }),
      {
        resolve: { conditions: [SOURCE, ...defaultClientConditions] },
        test: {
          name: 'browser',
          include: ['packages/*/test/**/*.browser.test.ts'],
          exclude: ['**/*.isolated.browser.test.ts', '**/node_modules/**'],
          // A software WebGPU adapter compiles a shader for every new shape.
          testTimeout: 60_000,
          browser: browser(),
        },
      },
      {
        // Pages that may share memory between threads.
        server: {
          headers: {
            'Cross-Origin-Opener-Policy': 'same-origin',
            'Cross-Origin-Embedder-Policy': 'require-corp',
          },
        },
        resolve: { conditions: [SOURCE, ...defaultClientConditions] },
        test: {
          name: 'browser-isolated',
          include: ['packages/*/test/**/*.isolated.browser.test.ts'],
          testTimeout: 60_000,
          browser: browser(),
        },
      },
    ],
  },
});
