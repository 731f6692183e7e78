import { defineConfig } from 'vitest/config'

/** What the surrounding shell says about proxies, or about a service of its own, is no business of a test. */
const FOREIGN =
  /(^|_)proxy$|^NODE_(USE_ENV_PROXY|OPTIONS|EXTRA_CA_CERTS)$|^PG[A-Z]+$|^(DATABASE_URL|DATA_DIR|SITE_DIR|SECRET|PORT|HOST)$/i

for (const name of Object.keys(process.env)) if (FOREIGN.test(name)) delete process.env[name]

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    setupFiles: ['test/support/loopback-only.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    pool: 'forks',
    testTimeout: 30_000,
    hookTimeout: 60_000,
    teardownTimeout: 20_000,
  },
})
