import { defaultServerConditions } from 'vite';
import { defineConfig } from 'vitest/config';
import { SOURCE } from './build/from-source.ts';

const conditions = [SOURCE, ...defaultServerConditions];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/shared-site.ts'],
    testTimeout: 150_000,
    hookTimeout: 150_000,
    // One Chromium at a time is enough for the machine.
    fileParallelism: false,
  },
});
