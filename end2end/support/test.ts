// The project's own `test`: a tab that logs an error, or breaks its own security policy, fails the test. Answers that FlowPilot
// gives on purpose are none: 4xx, and 502 for a service behind it. Nor is it one that axe may not fetch an image that is shown
// before it is sent: pages themselves connect to nothing but FlowPilot.
import { AxeBuilder } from "@axe-core/playwright";
import { test as base, expect, type Page } from "@playwright/test";

export const test = base.extend<{ expected: RegExp | undefined; quiet: void }>({
  /** Errors that the test provokes and the browser logs. */
  expected: [undefined, { option: true }],
  quiet: [
    async ({ context, expected }, use) => {
      const errors: string[] = [];
      context.on("console", (message) => {
        if (message.type() === "error" && !/the server responded with a status of (4\d\d|502)|net::ERR_FAILED|^Connecting to 'blob:/.test(message.text())) {
          errors.push(`${message.page()?.url()}: ${message.text()}`);
        }
      });
      context.on("weberror", (error) => errors.push(`${error.page()?.url()}: ${error.error()}`));
      await use();
      const unexpected = errors.filter((error) => !expected?.test(error));
      expect(unexpected, "errors in the browser's console").toEqual([]);
    },
    { auto: true },
  ],
});

/** Nothing serious that a machine can see is wrong with the page for people who use assistive technology. */
export async function expectAccessible(page: Page) {
  const { violations } = await new AxeBuilder({ page }).analyze();
  const serious = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
  expect(serious.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" | ")}`)).toEqual([]);
}

/** The page fits its window. */
export async function expectNoSidewaysScroll(page: Page) {
  const excess = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(excess, "pixels to scroll sideways").toBeLessThanOrEqual(0);
}

/** The browser side has taken over. */
export async function hydrated(page: Page) {
  await expect(page.locator("html[data-hydrated]")).toBeAttached();
}

export { expect };
