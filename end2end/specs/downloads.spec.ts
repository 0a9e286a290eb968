// Code comes when it is first needed. Where it cannot come, as while a laptop wakes up, that is said, and nothing else breaks.
import { start } from "../support/session";
import { expect, hydrated, test } from "../support/test";

const PROBLEM = "Outlook asks for the password again and again";
const CODE = "**/pkg/*.wasm";
const MISSING = "This part of FlowPilot could not be loaded.";

test.use({ expected: /TypeError: Failed to fetch/ });

test("a dialog whose code cannot come says so, the page goes on, and the next press opens it", async ({ page }) => {
  await start(page, PROBLEM);
  await page.reload();
  await hydrated(page);
  await page.route(CODE, (route) => route.abort());
  const resolve = page.getByRole("complementary", { name: "Task lane" }).getByRole("button", { name: "Resolve", exact: true });
  await resolve.click();
  await expect(page.getByText(MISSING)).toBeVisible();
  await page.getByRole("textbox", { name: "Message" }).fill("Webmail works.");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("region", { name: "Conversation" }).getByText("Webmail works.")).toBeVisible();
  await expect(resolve).toBeEnabled();
  await page.unroute(CODE);
  await resolve.click();
  await expect(page.getByRole("dialog", { name: "Resolution note" })).toBeVisible();
});

test("a page whose code cannot come says so, and can be tried again", async ({ page }) => {
  await start(page, PROBLEM);
  await page.route(CODE, (route) => route.abort());
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Settings" }).click();
  await expect(page.getByRole("alert").getByText(MISSING)).toBeVisible();
  await page.unroute(CODE);
  await page.getByRole("button", { name: "Try again" }).click();
  await expect(page.getByRole("heading", { name: "Settings", level: 1 })).toBeVisible();
});

test("a menu whose code cannot come is there the next time", async ({ page }) => {
  await start(page, PROBLEM);
  await page.reload();
  await hydrated(page);
  await page.route(CODE, (route) => route.abort());
  const menu = page.getByRole("button", { name: "Actions for this session" });
  await menu.click();
  await expect(page.getByText(MISSING)).toBeVisible();
  await page.unroute(CODE);
  await page.keyboard.press("Escape");
  await menu.click();
  await expect(page.getByRole("button", { name: "Rename" })).toBeVisible();
});

test("keys that were meant for a palette that cannot come are the page's again", async ({ page }) => {
  await start(page, PROBLEM);
  await page.reload();
  await hydrated(page);
  await page.route(CODE, (route) => route.abort());
  await page.keyboard.press("Control+k");
  await expect(page.getByText(MISSING)).toBeVisible();
  await page.unroute(CODE);
  await page.getByRole("textbox", { name: "Message" }).pressSequentially("It began");
  await expect(page.getByRole("textbox", { name: "Message" })).toHaveValue("It began");
  await page.keyboard.press("Control+k");
  await expect(page.getByRole("combobox")).toBeVisible();
});

test("a page that was opened without its code stands as the server drew it, and wakes when it comes", async ({ page }) => {
  await start(page, PROBLEM);
  await page.route(CODE, (route) => (/flowpilot\./.test(route.request().url()) ? route.continue() : route.abort()));
  await page.goto("/settings");
  await expect(page.getByRole("heading", { name: "Settings", level: 1 })).toBeVisible();
  await page.unroute(CODE);
  await hydrated(page);
});
