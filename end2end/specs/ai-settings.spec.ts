// The AI settings: what one provider was given goes to no other, and the focus is never lost. Only the fallback is changed: while
// FlowPilot's own flows come first, nobody asks it.
import type { Locator, Page } from "@playwright/test";
import { expect, expectAccessible, hydrated, test } from "../support/test";

test.describe.configure({ mode: "serial" });

const provider = (page: Page) => page.getByRole("combobox", { name: "Fallback provider" });
const key = (page: Page) => page.locator("#fallback-key");
const endpoint = (page: Page) => page.locator("#fallback-endpoint");
const save = (page: Page) => page.getByRole("button", { name: "Save", exact: true });

async function open(page: Page) {
  await page.goto("/account/ai");
  await hydrated(page);
}

async function pressEnter(button: Locator) {
  await button.focus();
  await button.press("Enter");
}

async function saved(page: Page, act: () => Promise<void>) {
  const answered = page.waitForResponse((response) => response.url().includes("/rpc/accounts/change_ai_settings"));
  await act();
  const answer = await answered;
  expect(answer.status()).toBe(200);
  return decodeURIComponent(answer.request().postData() ?? "");
}

test("a refused save leads to the field that is wrong", async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 700 });
  await open(page);
  await provider(page).selectOption("anthropic");
  await pressEnter(save(page));
  await expect(key(page)).toHaveAttribute("aria-invalid", "true");
  await expect(key(page)).toBeFocused();
  await expect(key(page)).toBeInViewport();
  await expectAccessible(page);
});

test("a test of the connection keeps the focus", async ({ page }) => {
  await open(page);
  const button = page.getByRole("button", { name: "Test connection" });
  await pressEnter(button);
  await expect(page.getByText(/^Answered in/).first()).toBeVisible();
  await expect(button).toBeFocused();
});

test("what is saved keeps the focus, and another provider gets nothing of it", async ({ page }) => {
  await open(page);
  await provider(page).selectOption("anthropic");
  await key(page).fill("sk-ant-0123456789-abcdefgh");
  await endpoint(page).fill("https://llm.example.com");
  await saved(page, () => pressEnter(save(page)));
  await expect(page.getByText("A key is stored")).toBeVisible();
  await expect(save(page)).toBeFocused();

  await page.getByRole("button", { name: "Remove" }).click();
  await expect(page.getByRole("button", { name: "Keep it" })).toBeFocused();
  await page.getByRole("button", { name: "Keep it" }).click();
  const replace = page.getByRole("button", { name: "Replace" });
  await expect(replace).toBeFocused();
  await replace.click();
  await expect(key(page)).toBeFocused();

  await provider(page).selectOption("openai");
  await expect(endpoint(page)).toHaveValue("");
  await provider(page).selectOption("anthropic");
  await expect(endpoint(page)).toHaveValue("https://llm.example.com/");
  await provider(page).selectOption("openai");
  await key(page).fill("sk-of-openai-0123456789");
  const sent = await saved(page, () => key(page).press("Enter"));
  expect(sent).toContain("sk-of-openai");
  expect(sent).not.toContain("llm.example.com");
  await expect(page.getByText("A key is stored")).toBeVisible();
  await expect(save(page)).toBeFocused();

  await provider(page).selectOption("");
  await saved(page, () => save(page).click());
});
