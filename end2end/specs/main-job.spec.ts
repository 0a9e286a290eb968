// The main job in the browser: from the first words to a resolved session.
import { expect, expectAccessible, expectNoSidewaysScroll, hydrated, test } from "../support/test";
import { openLane, start, walkToFix } from "../support/session";

test("an engineer takes a problem from the first words to a resolved session", async ({ page }) => {
  await start(page, "Outlook asks for the password again and again, webmail works");
  await expect(page.getByRole("region", { name: "Conversation" })).toContainText("Outlook");
  await walkToFix(page);

  const banner = page.getByRole("region", { name: "Suggested fix" }).first();
  await expect(banner).toContainText("%");
  await banner.getByRole("button", { name: "Apply" }).click();
  await banner.getByRole("button", { name: "Yes" }).click();

  await page.getByRole("button", { name: "Resolve", exact: true }).click();
  const note = page.getByRole("dialog");
  for (const heading of ["Problem", "What we confirmed", "Root cause", "Resolution"]) {
    await expect(note.getByRole("heading", { name: heading, exact: true })).toBeVisible();
  }
  await expectAccessible(page);
  await note.getByRole("button", { name: /Confirm/ }).click();
  await expect(note).toContainText(/resolved/i);
  await page.keyboard.press("Escape");
  await expect(page.getByRole("button", { name: "Reopen" })).toBeVisible();
});

test("a session starts from a ticket, and resolving it resolves the ticket", async ({ page }) => {
  await page.goto("/tickets");
  await hydrated(page);
  await page.getByRole("link", { name: /VPN connects but file server unreachable/ }).first().click();
  await expect(page).toHaveURL(/\/tickets\/\d+/);
  const ticket = page.url();
  await page.getByRole("button", { name: "Start session" }).click();
  await expect(page).toHaveURL(/\/pilot\/[0-9a-f-]{36}$/);
  await walkToFix(page);
  const banner = page.getByRole("region", { name: "Suggested fix" }).first();
  await banner.getByRole("button", { name: "Apply" }).click();
  await banner.getByRole("button", { name: "Yes" }).click();
  await page.getByRole("button", { name: "Resolve", exact: true }).click();
  await page.getByRole("dialog").getByRole("button", { name: /Confirm/ }).click();
  await expect(page.getByRole("dialog")).toContainText(/resolved/i);
  await expect(page.getByRole("dialog")).toContainText("The note is in the ticket");
  await page.goto(ticket);
  const posted = page.getByRole("region", { name: "Notes" }).getByRole("article").last();
  await expect(posted.getByRole("heading", { name: "Problem", exact: true })).toBeVisible();
  await expect(posted).not.toContainText("##");
});

test("facts appear with the person's own words beside them, and a note can be added, removed and brought back", async ({ page }) => {
  await start(page, "Outlook asks for the password again and again");
  const lane = page.getByRole("complementary", { name: "Task lane" });
  await lane.getByRole("button", { name: "Yes, the web works" }).click();
  await lane.getByRole("button", { name: /Send .*answer/ }).click();
  await expect(lane.locator(".fact").first()).toContainText("Yes, the web works");

  await lane.getByRole("button", { name: "Add note" }).click();
  await lane.getByRole("textbox", { name: /note/i }).fill("She changed her password on Monday.");
  await lane.getByRole("textbox", { name: /note/i }).press("Control+Enter");
  const note = lane.locator(".fact", { hasText: "She changed her password on Monday." });
  await expect(note).toBeVisible();
  await note.hover();
  await note.getByRole("button", { name: /Remove|Delete/ }).click();
  await expect(note).toBeHidden();
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(note).toBeVisible();
});

test("another tab of the session follows live", async ({ page, context }) => {
  await start(page, "Outlook asks for the password again and again");
  const other = await context.newPage();
  await other.goto(page.url());
  await hydrated(other);
  await openLane(page);
  const lane = page.getByRole("complementary", { name: "Task lane" });
  await lane.getByRole("button", { name: "Yes, the web works" }).click();
  await expect(
    other.getByRole("complementary", { name: "Task lane" }).getByRole("button", { name: "Yes, the web works" }),
  ).toHaveAttribute("aria-pressed", "true");
});

test("what was typed and not sent survives a reload", async ({ page }) => {
  await start(page, "Outlook asks for the password again and again");
  const box = page.getByRole("textbox", { name: "Message" });
  await box.fill("half a thought");
  await page.reload();
  await hydrated(page);
  await expect(box).toHaveValue("half a thought");
});

for (const width of [390, 1280, 1440]) {
  for (const theme of ["dark", "light"] as const) {
    test(`the session surface fits and is accessible at ${width} px, ${theme}`, async ({ page, context, baseURL }) => {
      await context.addCookies([{ name: "fp_theme", value: theme, url: baseURL! }]);
      await page.setViewportSize({ width, height: 900 });
      await start(page, "Outlook asks for the password again and again");
      await expectNoSidewaysScroll(page);
      await expectAccessible(page);
      await openLane(page);
      await expectNoSidewaysScroll(page);
      await expectAccessible(page);
    });
  }
}
