import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { transform } from 'esbuild'
import { defineConfig } from 'vitest/config'
import { distName, ENTRIES, specifier } from './scripts/entries.ts'

const root = import.meta.dirname
// Tests run from the source; BUSTAPI_BUILT=1 runs the same tests against the built package.
const built = process.env.BUSTAPI_BUILT === '1'

export default defineConfig({
  plugins: [
    {
      // Standard decorators have no native syntax in Node 24: files that use them are named for it.
      name: 'standard-decorators',
      enforce: 'pre',
      transform: (code, id) =>
        id.endsWith('.decorators.test.ts')
          ? transform(code, { loader: 'ts', target: 'es2023', sourcemap: true, sourcefile: id })
          : undefined,
    },
  ],
  resolve: {
    alias: ENTRIES.map((entry) => ({
      find: new RegExp(`^${specifier(entry)}$`),
      replacement: join(root, built ? `dist/${distName(entry)}.mjs` : entry.source),
    })),
  },
  test: {
    include: ['test/**/*.test.ts', 'compat-tests/**/*.test.ts'],
    exclude: ['**/node_modules/**', 'test/fixtures/**'],
    testTimeout: 20_000,
    globalSetup: ['test/support/databases/global-setup.ts'],
    pool: 'forks',
    // Much of a run is waiting for databases and child processes: no core is to be kept free for that.
    maxWorkers: availableParallelism(),
    server: { deps: { external: [/\/dist\//] } },
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts', 'compat/**/*.ts'],
      reporter: ['text-summary', 'json-summary', 'html'],
      thresholds: {
        lines: 95,
        'src/engine/**': { lines: 90 },
        'src/middleware/**': { lines: 90 },
        'compat/connect/**': { lines: 90 },
      },
    },
  },
})
