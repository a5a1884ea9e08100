// Started by scripts/browser-tests.sh, which says where and with which browser.
import { defineConfig } from '@playwright/test';

const port = process.env.MISTUDIO_TEST_PORT ?? '8896';
const address = `http://127.0.0.1:${port}`;

export default defineConfig({
  testDir: '.',
  testMatch: '*.spec.ts',
  globalSetup: './support/globalSetup.ts',
  // One server and one workspace serve all tests, and lanes want the processors.
  workers: 1,
  fullyParallel: false,
  forbidOnly: !!process.env.CI,
  // JupyterLab's own start still moves the focus about on a machine that is busy
  // with other things; what needed another try is listed as flaky, and to be mended.
  retries: process.env.CI ? 2 : 0,
  timeout: 120_000,
  // Lanes and kernels start meanwhile, on machines that have other work too.
  expect: { timeout: 20_000 },
  reporter: [['list'], ['html', { open: 'never' }]],
  use: {
    baseURL: address,
    actionTimeout: 20_000,
    navigationTimeout: 60_000,
    viewport: { width: 1280, height: 800 },
    video: 'off',
    // Without the film of it: that would take a third of the time.
    trace: { mode: 'retain-on-failure', screenshots: false },
    launchOptions: {
      executablePath: process.env.CHROMIUM,
      args: ['--no-sandbox', '--disable-dev-shm-usage']
    }
  },
  webServer: {
    // browser-tests.sh shows the log when a test failed.
    command:
      'exec jupyter lab --config jupyter_server_test_config.py >>"${MISTUDIO_TEST_ROOT:-/tmp}/server.log" 2>&1',
    url: `${address}/lab`,
    timeout: 120_000,
    reuseExistingServer: false,
    gracefulShutdown: { signal: 'SIGTERM', timeout: 15_000 }
  }
});
