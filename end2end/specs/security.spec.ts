// The security of the account: how long people stay signed in, who is, and the notice before a sign-in ends.
import { expect, expectAccessible, expectNoSidewaysScroll, hydrated, test } from "../support/test";

test("an owner chooses times of their own, and is told at the field what is wrong", async ({ page }) => {
  await page.goto("/account/security");
  await hydrated(page);
  const preset = page.getByRole("radiogroup", { name: "How long people stay signed in" });
  await preset.getByRole("radio", { name: "Custom" }).check();
  await page.getByRole("combobox", { name: "Unit: Without activity" }).selectOption("minutes");
  await page.getByRole("textbox", { name: "Without activity" }).fill("5");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("Choose a time from 15 minutes to 30 days.")).toBeVisible();
  await expect(page.getByRole("textbox", { name: "Without activity" })).toHaveAttribute("aria-invalid", "true");
  await expectAccessible(page);
  await page.getByRole("textbox", { name: "Without activity" }).fill("45");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("It applies from the next sign-in on.")).toBeVisible();
  await expect(page.getByText(/stay signed in: 45 minutes without activity/).first()).toBeVisible();
  await preset.getByRole("radio", { name: "Standard" }).check();
  await expect(page.getByRole("textbox", { name: "Without activity" })).toBeHidden();
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText(/stay signed in: 3 days without activity/).first()).toBeVisible();
});

test("signing everyone out asks first", async ({ page }) => {
  await page.goto("/account/security");
  await hydrated(page);
  await page.getByRole("button", { name: "Sign out everyone" }).click();
  const dialog = page.getByRole("dialog", { name: "Sign people out" });
  await expect(dialog).toContainText("you too");
  await expectAccessible(page);
  await page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
  await expect(page.getByText("this one")).toBeVisible();
});

test("the page fits a phone", async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto("/account/security");
  await hydrated(page);
  await page.getByRole("radio", { name: "Custom" }).check();
  await expectNoSidewaysScroll(page);
  await expectAccessible(page);
});

test("before a sign-in ends for want of activity, one can stay signed in", async ({ page }) => {
  await page.clock.install();
  await page.route("**/rpc/accounts/login_ends*", (route) => route.fulfill({ json: { idle_seconds: 200, absolute_seconds: 86_400 } }));
  await page.goto("/settings");
  await hydrated(page);
  await page.clock.fastForward("00:31");
  const stay = page.getByRole("button", { name: "Stay signed in" });
  await expect(stay).toBeVisible();
  await expectAccessible(page);
  await stay.click();
  await expect(stay).toBeHidden();
});

test("before a sign-in reaches its longest duration, one is asked to sign in", async ({ page }) => {
  await page.clock.install();
  await page.route("**/rpc/accounts/login_ends*", (route) => route.fulfill({ json: { idle_seconds: 200, absolute_seconds: 200 } }));
  await page.goto("/settings");
  await hydrated(page);
  await page.clock.fastForward("00:31");
  await expect(page.getByRole("link", { name: "Sign in now" })).toHaveAttribute("href", "/login");
});
