import { expect, test as setup } from "@playwright/test";

setup("the demo account signs in", async ({ page }) => {
  await page.goto("/pilot");
  await expect(page).toHaveURL(/\/login/);
  await page.getByLabel("E-mail").fill("demo@flowpilot.local");
  await page.getByLabel("Password").fill("flowpilot-demo");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page).toHaveURL(/\/pilot$/);
  await page.context().storageState({ path: "test-results/.auth/demo.json" });
});
