// Keys and the command palette: what is found, done and shown without a mouse, and what is left to the browser.
import type { Page } from "@playwright/test";
import { openLane, start, walkToFix } from "../support/session";
import { expect, expectAccessible, expectNoSidewaysScroll, hydrated, test } from "../support/test";

const PROBLEM = "Outlook asks for the password again and again";
const WITH_SCRIPT = "Printer in accounts prints nothing, jobs stay in the queue";
const WITHOUT_SCRIPT = "The printer shows as offline but it is switched on";

const palette = (page: Page) => page.getByRole("dialog", { name: "Command palette" });
const field = (page: Page) => palette(page).getByRole("combobox");
const option = (page: Page, name: RegExp) => palette(page).getByRole("option", { name });
const script = (page: Page) => page.getByRole("dialog", { name: "Script of the suggested fix" });
const box = (page: Page) => page.getByRole("textbox", { name: "Message" });

async function openPalette(page: Page) {
  await page.keyboard.press("Control+k");
  await expect(field(page)).toBeFocused();
}

/** Which line Enter would take. */
const selected = (page: Page) => palette(page).getByRole("option", { selected: true });

async function go(page: Page, path: string) {
  await page.goto(path);
  await hydrated(page);
}

test("a session is found by its words and opened from the keyboard", async ({ page }) => {
  await start(page, PROBLEM);
  await go(page, "/tickets");
  await openPalette(page);
  await page.keyboard.type("outlook password");
  const sessions = palette(page).getByRole("group", { name: "Sessions" });
  await expect(sessions.getByRole("option").first()).toContainText(/outlook/i);
  await expect(sessions.getByRole("option").first()).toHaveAttribute("aria-selected", "true");
  await expect(field(page)).toHaveAttribute("aria-activedescendant", /^palette-\d+$/);
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/pilot\/[0-9a-f-]{36}$/);
  await expect(palette(page)).toBeHidden();
});

test("a session is found by words that are mistyped and in another order", async ({ page }) => {
  await start(page, "Kyocera scans to the folder Zanzibar no more");
  await go(page, "/tickets");
  await openPalette(page);
  await page.keyboard.type("zanizbar kyocra");
  await expect(selected(page)).toHaveAccessibleName(/^Kyocera scans/);
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/pilot\/[0-9a-f-]{36}$/);
});

test("a ticket is found by its number", async ({ page }) => {
  await go(page, "/settings");
  await openPalette(page);
  await page.keyboard.type("#1001");
  await palette(page).getByRole("group", { name: "Tickets" }).getByRole("option", { name: /#1001/ }).click();
  await expect(page).toHaveURL(/\/tickets\/1001$/);
});

test("the session opened last comes first while nothing is typed", async ({ page }) => {
  await start(page, PROBLEM);
  const title = await page.getByRole("main").getByRole("heading", { level: 1 }).textContent();
  await go(page, "/tickets");
  await openPalette(page);
  const recent = palette(page).getByRole("group", { name: "Recent sessions" });
  await expect(recent.getByRole("option").first()).toContainText(title!);
  await expect(palette(page).getByRole("group").first()).toHaveAccessibleName("Recent sessions");
});

test("arrows, Home and End move in the palette and wrap at its ends", async ({ page }) => {
  await go(page, "/settings");
  await openPalette(page);
  await page.keyboard.type("se");
  await expect(palette(page).getByRole("status")).toContainText(/result/);
  const options = palette(page).getByRole("option");
  await expect(options.first()).toHaveAttribute("aria-selected", "true");
  await page.keyboard.press("ArrowDown");
  await expect(options.nth(1)).toHaveAttribute("aria-selected", "true");
  await page.keyboard.press("Home");
  await expect(options.first()).toHaveAttribute("aria-selected", "true");
  await page.keyboard.press("ArrowUp");
  await expect(options.last()).toHaveAttribute("aria-selected", "true");
  await page.keyboard.press("ArrowDown");
  await expect(options.first()).toHaveAttribute("aria-selected", "true");
  await page.keyboard.press("End");
  await expect(options.last()).toHaveAttribute("aria-selected", "true");
  await expect(selected(page)).toHaveCount(1);
  await expect(field(page)).toBeFocused();
});

test("a line that still fits stays while one types on, and the list begins at its top", async ({ page }) => {
  await go(page, "/settings");
  await openPalette(page);
  await option(page, /^Settings/).evaluate((line) => line.setAttribute("data-same", ""));
  await page.keyboard.press("End");
  await expect(palette(page).getByRole("option").last()).toBeInViewport();
  await page.keyboard.type("set");
  await expect(selected(page)).toHaveAccessibleName(/^Settings/);
  await expect(selected(page)).toHaveAttribute("data-same", "");
  await expect(selected(page).locator("mark")).toHaveText("Set");
  await page.keyboard.press("Escape");
  await openPalette(page);
  await expect(palette(page).getByRole("option").first()).toHaveAttribute("aria-selected", "true");
  await expect(palette(page).getByRole("option").first()).toBeInViewport();
  await page.keyboard.press("Enter");
  await expect(palette(page)).toBeHidden();
});

test("letters in order find an action, and it is done", async ({ page }) => {
  await start(page, PROBLEM);
  await openPalette(page);
  await page.keyboard.type("adn");
  await expect(selected(page)).toHaveAccessibleName("Add note");
  await expect(selected(page).locator("mark")).toHaveText(["Ad", "n"]);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("textbox", { name: "Note" })).toBeFocused();
});

test("a session is renamed from the palette", async ({ page }) => {
  await start(page, PROBLEM);
  await openPalette(page);
  await page.keyboard.type("rename");
  await page.keyboard.press("Enter");
  const title = page.getByRole("textbox", { name: "Title of the session" });
  await expect(title).toBeFocused();
  await title.fill("Mail on floor two");
  await title.press("Enter");
  await expect(page.getByRole("heading", { name: "Mail on floor two" })).toBeVisible();
});

test("a session is archived, shared and written to a file from the palette", async ({ page }) => {
  await start(page, PROBLEM);
  await openPalette(page);
  await page.keyboard.type("archive");
  await page.keyboard.press("Enter");
  await expect(page.getByText("archived", { exact: true })).toBeVisible();
  await openPalette(page);
  await page.keyboard.type("share session");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("dialog", { name: "Share session" })).toBeVisible();
  await page.keyboard.press("Escape");
  await openPalette(page);
  await page.keyboard.type("export as markdown");
  const file = page.waitForEvent("download");
  await page.keyboard.press("Enter");
  expect((await file).suggestedFilename()).toMatch(/^outlook-asks.*\.md$/);
});

test("the palette offers only what can be done here and now", async ({ page }) => {
  await start(page, PROBLEM);
  await openPalette(page);
  await expect(option(page, /^Add note/)).toBeVisible();
  await expect(option(page, /^Resolve/)).toBeVisible();
  await expect(option(page, /^Send answers/)).toBeHidden();
  await expect(option(page, /^Show script/)).toBeHidden();
  await page.keyboard.press("Escape");
  await go(page, "/tickets");
  await openPalette(page);
  await expect(option(page, /^Settings/)).toBeVisible();
  await expect(option(page, /^Add note/)).toBeHidden();
});

test("colours are changed from the palette and stay", async ({ page }) => {
  await go(page, "/settings");
  const before = await page.evaluate(() => matchMedia("(prefers-color-scheme: light)").matches);
  await openPalette(page);
  await page.keyboard.type("theme");
  await expect(selected(page)).toHaveAccessibleName(before ? "Use dark colours" : "Use light colours");
  await page.keyboard.press("Enter");
  const now = before ? "dark" : "light";
  await expect(page.locator("html")).toHaveAttribute("data-theme", now);
  await expect(page.getByRole("button", { name: before ? "Dark" : "Light" })).toHaveAttribute("aria-pressed", "true");
  await page.reload();
  await expect(page.locator("html")).toHaveAttribute("data-theme", now);
});

test("what fits nothing is said", async ({ page }) => {
  await go(page, "/settings");
  await openPalette(page);
  await page.keyboard.type("nothing is called this");
  await expect(palette(page).getByRole("status")).toHaveText("Nothing fits");
  await expect(field(page)).toHaveAttribute("aria-expanded", "false");
});

test("Escape closes the palette and gives the focus back", async ({ page }) => {
  await start(page, PROBLEM);
  await box(page).fill("half a thought");
  await openPalette(page);
  await page.keyboard.type("res");
  await page.keyboard.press("Escape");
  await expect(palette(page)).toBeHidden();
  await expect(box(page)).toBeFocused();
  await expect(box(page)).toHaveValue("half a thought");
  await openPalette(page);
  await expect(field(page)).toHaveValue("");
  await page.keyboard.press("Control+k");
  await expect(palette(page)).toBeHidden();
  await expect(box(page)).toBeFocused();
});

test("what is typed before the palette is there goes into it", async ({ page }) => {
  await start(page, PROBLEM);
  await page.route(/split_palette/, async (route) => {
    await new Promise((done) => setTimeout(done, 700));
    await route.continue();
  });
  await box(page).focus();
  await page.keyboard.press("Control+k");
  await page.keyboard.type("setx");
  await page.keyboard.press("Backspace");
  await expect(field(page)).toHaveValue("set");
  await expect(box(page)).toHaveValue("");
  await expect(selected(page)).toHaveAccessibleName(/^Settings/);
});

for (const theme of ["dark", "light"] as const) {
  test(`palette, script and help are accessible, ${theme}`, async ({ page, context, baseURL }) => {
    test.slow();
    await context.addCookies([{ name: "fp_theme", value: theme, url: baseURL! }]);
    await start(page, WITH_SCRIPT);
    await walkToFix(page);
    await openPalette(page);
    await expect(option(page, /^Show script/)).toBeVisible();
    await expectAccessible(page);
    await page.keyboard.type("outlook");
    await expect(palette(page).getByRole("status")).toContainText(/result/);
    await expectAccessible(page);
    await page.keyboard.press("Escape");
    await page.keyboard.press("Control+g");
    await expect(script(page).getByRole("region", { name: "Script" })).toBeVisible();
    await expectAccessible(page);
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Keyboard help" }).click();
    await expect(page.getByRole("dialog", { name: "Keyboard" })).toBeVisible();
    await expectAccessible(page);
  });
}

test("the script of a fix is read and copied, and looking at it records nothing", async ({ page, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await start(page, WITH_SCRIPT);
  await walkToFix(page);
  await page.keyboard.press("Control+g");
  await expect(script(page)).toContainText("PowerShell");
  await expect(script(page)).toContainText("Risk");
  await expect(script(page)).toContainText("Way back");
  const code = script(page).getByRole("region", { name: "Script" });
  await expect(code).toContainText("Spooler");
  await code.focus();
  await expect(code).toBeFocused();
  await script(page).getByRole("button", { name: "Copy script" }).click();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toContain("Spooler");
  await page.keyboard.press("Control+g");
  await expect(script(page)).toBeHidden();

  const banner = page.getByRole("region", { name: "Suggested fix" }).first();
  await expect(banner.getByRole("button", { name: "Apply" })).toBeVisible();
  await banner.getByRole("button", { name: "Script", exact: true }).click();
  await expect(script(page)).toBeVisible();
  await page.keyboard.press("Escape");
  const card = page.getByRole("complementary", { name: "Task lane" }).getByRole("button", { name: "Script", exact: true });
  await expect(card).toHaveAttribute("aria-keyshortcuts", "Control+G");
  await card.click();
  await expect(script(page)).toBeVisible();
});

test("an address can open the script, and forgets it when the script is closed", async ({ page }) => {
  await start(page, WITH_SCRIPT);
  await walkToFix(page);
  const session = page.url();
  await go(page, `${session}?script`);
  await expect(script(page)).toContainText("PowerShell");
  await page.keyboard.press("Escape");
  await expect(script(page)).toBeHidden();
  await expect(page).toHaveURL(session);
});

test("a fix without a script says so, and why", async ({ page }) => {
  await start(page, WITHOUT_SCRIPT);
  await page.keyboard.press("Control+g");
  await expect(script(page)).toContainText("No fix is suggested");
  await page.keyboard.press("Escape");
  await walkToFix(page);
  await expect(page.getByRole("button", { name: "Script", exact: true })).toHaveCount(0);
  await page.keyboard.press("Control+g");
  await expect(script(page)).toContainText("This fix has no script");
});

test("help lists the keys, and only when one is not typing", async ({ page }) => {
  await start(page, PROBLEM);
  await box(page).focus();
  await page.keyboard.type("?jk/");
  await expect(box(page)).toHaveValue("?jk/");
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await expect(box(page)).toBeFocused();

  await page.getByRole("main").focus();
  await page.keyboard.press("?");
  const help = page.getByRole("dialog", { name: "Keyboard" });
  for (const key of ["Ctrl+K", "Ctrl+G", "Ctrl+↵", "/", "j", "k", "?", "Esc"]) {
    await expect(help.getByText(key, { exact: true }).first()).toBeVisible();
  }
  await expect(help).toContainText("Resolve has no key");
  // A dialog is open: single keys rest.
  await page.keyboard.press("/");
  await page.keyboard.press("j");
  await expect(help).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(help).toBeHidden();
});

test("a list is walked with j, k and Enter, and searched with /", async ({ page }) => {
  await go(page, "/tickets");
  const links = page.getByRole("main").locator("a[data-row]");
  await page.keyboard.press("j");
  await expect(links.first()).toBeFocused();
  await page.keyboard.press("j");
  await expect(links.nth(1)).toBeFocused();
  await page.keyboard.press("k");
  await expect(links.first()).toBeFocused();
  await page.keyboard.press("/");
  const search = page.getByRole("searchbox", { name: "Search tickets" });
  await expect(search).toBeFocused();
  await page.keyboard.press("j");
  await expect(search).toHaveValue("j");
  await links.nth(1).focus();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/tickets\/\d+/);
});

test("a page without a search of its own opens the palette with /", async ({ page }) => {
  await go(page, "/settings");
  await page.keyboard.press("/");
  await expect(field(page)).toBeFocused();
  await expect(field(page)).toHaveValue("");
});

test("Enter and Ctrl+Enter send; Shift+Enter and an input method's Enter do not", async ({ page }) => {
  await start(page, PROBLEM);
  const conversation = page.getByRole("region", { name: "Conversation" });
  await box(page).fill("first line");
  await box(page).press("Shift+Enter");
  await page.keyboard.type("second line");
  await expect(box(page)).toHaveValue("first line\nsecond line");
  await box(page).dispatchEvent("keydown", { key: "Enter", isComposing: true, bubbles: true, cancelable: true });
  await box(page).dispatchEvent("keydown", { key: "Enter", keyCode: 229, bubbles: true, cancelable: true });
  await expect(box(page)).toHaveValue("first line\nsecond line");
  await box(page).press("Control+Enter");
  await expect(conversation.getByText("first line second line", { exact: true })).toBeVisible();
  await expect(box(page)).toHaveValue("");
});

test("Ctrl+Enter in the task lane sends the answers", async ({ page }) => {
  await start(page, PROBLEM);
  await openLane(page);
  const lane = page.getByRole("complementary", { name: "Task lane" });
  const sent = page.waitForResponse((response) => response.url().includes("/rpc/pilot/send_message"));
  await lane.getByRole("textbox", { name: /^Answer:/ }).first().fill("Yes, the web works");
  await page.keyboard.press("Control+Enter");
  await sent;
  await expect(page.getByRole("region", { name: "Conversation" })).toContainText("Yes, the web works");
});

test("a key that does nothing here is left to the browser", async ({ page }) => {
  await go(page, "/tickets");
  await page.evaluate(() => {
    addEventListener("keydown", (event) => document.body.setAttribute("data-taken", String(event.defaultPrevented)));
  });
  const taken = page.locator("body");
  await page.keyboard.press("Control+g");
  await expect(taken).toHaveAttribute("data-taken", "false");
  await page.keyboard.press("Control+b");
  await expect(taken).toHaveAttribute("data-taken", "false");
  await page.keyboard.press("x");
  await expect(taken).toHaveAttribute("data-taken", "false");
  await page.keyboard.press("Control+k");
  await expect(taken).toHaveAttribute("data-taken", "true");
});

test.describe("on a Mac", () => {
  test.beforeEach(async ({ page }) => {
    await page.addInitScript(() => Object.defineProperty(navigator, "platform", { get: () => "MacIntel" }));
  });

  test("shortcuts are called and pressed with the command key", async ({ page }) => {
    await start(page, PROBLEM);
    await expect(box(page)).toHaveAttribute("aria-keyshortcuts", "Meta+Enter");
    await expect(page.locator(".composer .kbd")).toHaveText("⌘↵");
    await page.keyboard.press("Control+k");
    await page.keyboard.press("Meta+k");
    await expect(field(page)).toBeFocused();
    await expect(page.getByRole("dialog")).toHaveCount(1);
  });
});

test.describe("on a phone", () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

  test("a button opens the palette, large enough for a finger", async ({ page }) => {
    await start(page, PROBLEM);
    const button = page.getByRole("button", { name: "Search and commands" });
    const { width, height } = (await button.boundingBox())!;
    expect(Math.min(width, height)).toBeGreaterThanOrEqual(44);
    await button.tap();
    await expect(option(page, /^Add note/)).toBeVisible();
    await expectNoSidewaysScroll(page);
    const line = (await option(page, /^Add note/).boundingBox())!;
    expect(line.height).toBeGreaterThanOrEqual(44);
    await option(page, /^Open task lane/).tap();
    await expect(page.getByRole("complementary", { name: "Task lane" })).toBeVisible();
  });
});
