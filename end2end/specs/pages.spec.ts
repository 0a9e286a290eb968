// Every page: what the server sends is readable, fits, and has nothing serious for axe.
import { expect, expectAccessible, expectNoSidewaysScroll, hydrated, test } from "../support/test";

const PAGES = ["/", "/sessions", "/pilot", "/pilot?new", "/tickets", "/tickets/1001", "/settings", "/account/ai", "/account/usage", "/account/security", "/nothing-here"];

for (const path of PAGES) {
  for (const width of [360, 1280]) {
    test(`${path} fits and is accessible at ${width} px`, async ({ page }) => {
      await page.setViewportSize({ width, height: 900 });
      await page.goto(path);
      await hydrated(page);
      await expectNoSidewaysScroll(page);
      await expectAccessible(page);
    });
  }
}

test.describe("signed out", () => {
  test.use({ storageState: { cookies: [], origins: [] } });

  test("every page leads to the login and back to where one wanted to go", async ({ page }) => {
    await page.goto("/tickets/1002");
    await expect(page).toHaveURL(/\/login\?next=/);
    await expectAccessible(page);
    await page.getByLabel("E-mail").fill("demo@flowpilot.local");
    await page.getByLabel("Password").fill("flowpilot-demo");
    await page.getByRole("button", { name: "Sign in" }).click();
    await expect(page).toHaveURL(/\/tickets\/1002$/);
  });

  test("whoever just signs in comes to the front page", async ({ page }) => {
    await page.goto("/login");
    await page.getByLabel("E-mail").fill("demo@flowpilot.local");
    await page.getByLabel("Password").fill("flowpilot-demo");
    await page.getByRole("button", { name: "Sign in" }).click();
    await expect(page).toHaveURL(/\/$/);
    await expect(page.getByRole("heading", { name: "Home" })).toBeVisible();
  });

  test("a wrong password is told without saying which part was wrong, and the e-mail stays", async ({ page }) => {
    await page.goto("/login");
    await hydrated(page);
    await page.getByLabel("E-mail").fill("demo@flowpilot.local");
    await page.getByLabel("Password").fill("not the password");
    await page.getByRole("button", { name: "Sign in" }).click();
    await expect(page.getByText("E-mail and password do not match")).toBeVisible();
    await expect(page.getByLabel("E-mail")).toHaveValue("demo@flowpilot.local");
  });
});

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false });

  test("sessions and tickets can be read", async ({ page }) => {
    await page.goto("/tickets");
    await expect(page.getByText("Kyocera in accounts prints nothing")).toBeVisible();
    await page.goto("/tickets/1001");
    await expect(page.getByText("nothing comes out of the Kyocera")).toBeVisible();
  });
});
