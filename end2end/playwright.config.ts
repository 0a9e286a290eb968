// Browser tests in real Chromium against the optimised build, on a fresh data folder with the demo account.
import { resolve } from "node:path";
import { defineConfig } from "@playwright/test";

const port = Number(process.env.E2E_PORT ?? 3210);
const target = process.env.CARGO_TARGET_DIR ?? resolve("../target");

export default defineConfig({
  testDir: "specs",
  outputDir: "test-results",
  fullyParallel: true,
  workers: 2,
  retries: 0,
  forbidOnly: !!process.env.CI,
  reporter: process.env.CI ? [["line"], ["./summary.ts"]] : [["list"], ["./summary.ts"]],
  timeout: 60_000,
  expect: { timeout: 7_000 },
  use: {
    baseURL: `http://127.0.0.1:${port}`,
    trace: "retain-on-failure",
    screenshot: "only-on-failure",
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
      args: [
        "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
        "--disable-background-networking", "--disable-component-update", "--disable-sync",
      ],
    },
  },
  projects: [
    { name: "sign-in", testMatch: /sign-in\.setup\.ts/ },
    {
      name: "signed-in",
      testMatch: /.*\.spec\.ts/,
      dependencies: ["sign-in"],
      use: { storageState: "test-results/.auth/demo.json", viewport: { width: 1440, height: 900 } },
    },
  ],
  webServer: {
    command: `rm -rf /tmp/flowpilot-e2e-${port} && exec ${target}/release/flowpilot serve`,
    url: `http://127.0.0.1:${port}/readyz`,
    timeout: 60_000,
    stdout: "ignore",
    stderr: "pipe",
    env: {
      FLOWPILOT_DEMO: "1",
      FLOWPILOT_DATA_DIR: `/tmp/flowpilot-e2e-${port}`,
      FLOWPILOT_WRITES_PER_MINUTE: "0",
      FLOWPILOT_TURNS_PER_MINUTE: "0",
      LEPTOS_SITE_ADDR: `127.0.0.1:${port}`,
      LEPTOS_SITE_ROOT: "../target/site",
      LEPTOS_OUTPUT_NAME: "flowpilot",
      RUST_LOG: "warn",
    },
    gracefulShutdown: { signal: "SIGTERM", timeout: 15_000 },
  },
});
