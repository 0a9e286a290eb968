// The front page, the list of all sessions, and what can be done with a whole session.
import { readFile } from "node:fs/promises";
import type { Page } from "@playwright/test";
import { expect, expectAccessible, expectNoSidewaysScroll, hydrated, test } from "../support/test";
import { start } from "../support/session";

/** A word that no other test's session has. */
const unique = () => `zebra${Math.random().toString(36).slice(2, 10)}`;

/** A session without a turn; its id. */
async function make(page: Page, problem: string, baseURL: string) {
  const answer = await page.request.post("/api/v1/ai-sessions", { data: { problem }, headers: { origin: baseURL } });
  expect(answer.status()).toBe(201);
  return (await answer.json()).id as string;
}

async function note(page: Page, session: string, text: string, baseURL: string) {
  const answer = await page.request.post(`/api/v1/ai-sessions/${session}/facts`, { data: { text }, headers: { origin: baseURL } });
  expect(answer.status()).toBe(201);
}

const row = (page: Page, text: string) => page.locator(".sessions > li", { hasText: text });

test("the front page starts a session, and shows what waits and what is open", async ({ page }) => {
  const word = unique();
  await page.goto("/");
  await hydrated(page);
  const box = page.getByRole("region", { name: "New session" }).getByRole("textbox");
  await box.fill(`Outlook asks for the password again and again, ${word}`);
  await box.press("Enter");
  await expect(page).toHaveURL(/\/pilot\/[0-9a-f-]{36}$/);
  await expect(page.getByRole("button", { name: "Send", exact: true })).toBeVisible();
  const session = new URL(page.url()).pathname;

  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Home" }).click();
  await expect(page).toHaveURL(/\/$/);
  await expect(page.getByRole("heading", { name: "My open sessions" })).toBeVisible();
  await expect(page.locator(".desk").getByText(word).first()).toBeVisible();
  const waiting = page.locator(`.sessions > li[data-press] a[href="${session}"]`);
  const more = page.locator("main details summary");
  if (!(await waiting.isVisible()) && (await more.isVisible())) await more.click();
  await expect(page.locator(".sessions > li[data-press]", { hasText: word })).toContainText(/(is|are) open\./);
  await waiting.click();
  await expect(page).toHaveURL(new RegExp(`${session}$`));
});

test("the search finds words of facts while one types, and the address keeps them", async ({ page, baseURL }) => {
  const word = unique();
  const session = await make(page, "Printer in accounts", baseURL!);
  await note(page, session, `The toner of <b>${word}</b> is low.`, baseURL!);
  await page.goto("/sessions");
  await hydrated(page);
  await page.keyboard.press("/");
  await page.keyboard.type(word.slice(0, -2));
  await expect(page).toHaveURL(new RegExp(`\\?q=${word.slice(0, -2)}$`));
  await expect(page.locator(".sessions > li")).toHaveCount(1);
  await expect(page.locator(".sessions mark")).toHaveText(word);
  await expect(page.locator(".sessions__found")).toContainText(`The toner of <b>${word}</b> is low.`);
  await expectAccessible(page);

  await page.getByRole("searchbox").blur();
  await page.keyboard.press("j");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(new RegExp(`/pilot/${session}$`));
  await page.goBack();
  await expect(page.getByRole("searchbox", { name: "Search sessions" })).toHaveValue(word.slice(0, -2));

  await page.getByRole("searchbox", { name: "Search sessions" }).fill(`${word} and nothing else`);
  await expect(page.getByText("No session fits")).toBeVisible();
  await page.getByRole("link", { name: "Clear" }).click();
  await expect(page).toHaveURL(/\/sessions$/);
  await expect(page.getByRole("searchbox", { name: "Search sessions" })).toHaveValue("");
});

test("the number of sessions found is said, and going back leads to where one was in the list", async ({ page, baseURL }) => {
  const word = unique();
  for (let count = 0; count < 30; count += 1) await make(page, `Scanner ${count} ${word}`, baseURL!);
  await page.goto("/sessions");
  await hydrated(page);
  await page.getByRole("searchbox").fill(word);
  await expect(page.locator("main").getByRole("status").filter({ hasText: "30 sessions found" })).toBeAttached();
  const target = row(page, "Scanner 3 ");
  await target.scrollIntoViewIfNeeded();
  const before = await page.locator("main").evaluate((main) => main.scrollTop);
  expect(before).toBeGreaterThan(200);
  await target.getByRole("link").first().click();
  await expect(page).toHaveURL(/\/pilot\//);
  await page.goBack();
  await expect(target).toBeVisible();
  await expect.poll(() => page.locator("main").evaluate((main) => main.scrollTop)).toBe(before);
});

test("filters narrow the list down and can be taken back", async ({ page, baseURL }) => {
  const word = unique();
  await make(page, `Scanner ${word}`, baseURL!);
  await page.goto(`/sessions?q=${word}`);
  await hydrated(page);
  await expect(row(page, word)).toBeVisible();
  await page.getByRole("combobox", { name: "Status" }).selectOption("resolved");
  await expect(page).toHaveURL(/status=resolved/);
  await expect(page.getByText("No session fits")).toBeVisible();
  await page.goBack();
  await expect(row(page, word)).toBeVisible();
  await expect(page.getByRole("combobox", { name: "Status" })).toHaveValue("");
  await page.getByLabel("To", { exact: true }).fill("2020-01-31");
  await expect(page).toHaveURL(/to=2020-01-31/);
  await expect(page.getByText("No session fits")).toBeVisible();
});

test("a session is renamed, archived, brought back by undo, and found and restored under its filter", async ({ page, baseURL }) => {
  const word = unique();
  await make(page, `Kyocera ${word}`, baseURL!);
  await page.goto(`/sessions?q=${word}`);
  await hydrated(page);
  const menu = async (text: string, action: string) => {
    await row(page, text).getByRole("button", { name: /^Actions for/ }).click();
    await row(page, text).getByRole("button", { name: action, exact: true }).click();
  };
  await menu(word, "Rename");
  const title = page.getByRole("dialog", { name: "Rename session" }).getByRole("textbox", { name: "Title" });
  await expect(title).toBeFocused();
  await title.fill(`Scanner ${word}`);
  await title.press("Enter");
  await expect(row(page, `Scanner ${word}`)).toBeVisible();

  await menu(word, "Archive");
  await expect(row(page, word)).toBeHidden();
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(row(page, `Scanner ${word}`)).toBeVisible();

  const archived = page.waitForResponse((response) => response.url().includes("/rpc/pilot/change_session"));
  await menu(word, "Archive");
  await archived;
  await expect(row(page, word)).toBeHidden();
  await page.getByRole("checkbox", { name: "Archived" }).check();
  await expect(page).toHaveURL(/archived=true/);
  await expect(row(page, word)).toContainText("archived");
  const restored = page.waitForResponse((response) => response.url().includes("/rpc/pilot/change_session"));
  await menu(word, "Restore");
  await restored;
  await expect(row(page, word)).toBeHidden();
  await page.getByRole("checkbox", { name: "Archived" }).uncheck();
  await expect(row(page, `Scanner ${word}`)).toBeVisible();
});

test("a change that the server refuses is taken back on the screen", async ({ page, baseURL }) => {
  const word = unique();
  await make(page, `Kyocera ${word}`, baseURL!);
  await page.goto(`/sessions?q=${word}`);
  await hydrated(page);
  await page.route("**/rpc/pilot/change_session*", (route) => route.abort());
  await row(page, word).getByRole("button", { name: /^Actions for/ }).click();
  await row(page, word).getByRole("button", { name: "Archive", exact: true }).click();
  await expect(page.getByText("The server cannot be reached.")).toBeVisible();
  await expect(row(page, word)).toBeVisible();
});

test("from its head a session is renamed, archived and downloaded", async ({ page }) => {
  const word = unique();
  await start(page, `Outlook asks for the password again and again, ${word}`);
  const head = page.locator(".chat__head");
  const act = async (action: string) => {
    await head.getByRole("button", { name: "Actions for this session" }).click();
    await head.getByRole("button", { name: action, exact: true }).click();
  };
  await act("Rename");
  await head.getByRole("textbox", { name: "Title of the session" }).fill(`Credentials ${word}`);
  await page.keyboard.press("Enter");
  await expect(head.getByRole("heading")).toHaveText(`Credentials ${word}`);

  await act("Archive");
  await expect(head.getByText("archived", { exact: true })).toBeVisible();
  await expect(page.locator(".toast", { hasText: "In Sessions, the filter “Archived” finds it." })).toBeVisible();
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(head.getByText("archived", { exact: true })).toBeHidden();

  await head.getByRole("button", { name: "Actions for this session" }).click();
  await expectAccessible(page);
  for (const [name, ending] of [["Export as Markdown", "md"], ["Export as JSON", "json"]]) {
    const link = head.getByRole("link", { name });
    if (!(await link.isVisible())) await head.getByRole("button", { name: "Actions for this session" }).click();
    const downloading = page.waitForEvent("download");
    await link.click();
    const download = await downloading;
    expect(download.suggestedFilename()).toMatch(new RegExp(`^credentials-${word}-[0-9a-f]{8}\\.${ending}$`));
    expect(await readFile(await download.path(), "utf8")).toContain(word);
    await expect(link).toBeHidden();
  }
});

for (const width of [360, 1280, 1440]) {
  for (const theme of ["dark", "light"] as const) {
    test(`front page and sessions fit and are accessible at ${width} px, ${theme}`, async ({ page, context, baseURL }) => {
      await make(page, `A title ${"that is long ".repeat(12)} ${"x".repeat(60)}`, baseURL!);
      await context.addCookies([{ name: "fp_theme", value: theme, url: baseURL! }]);
      await page.setViewportSize({ width, height: 900 });
      for (const path of ["/", "/sessions", "/sessions?q=title+long", "/sessions?q=nothing+is+called+this"]) {
        await page.goto(path);
        await hydrated(page);
        await expectNoSidewaysScroll(page);
        await expectAccessible(page);
      }
    });
  }
}

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false });

  test("sessions can be searched and read", async ({ page, baseURL }) => {
    const word = unique();
    await make(page, `Scanner ${word}`, baseURL!);
    // The form's own button is in a noscript, which a browser steered from outside does not draw: its address is what it sends.
    await page.goto(`/sessions?q=${word}`);
    await expect(row(page, word)).toBeVisible();
    await page.goto("/");
    await expect(page.getByText(word).first()).toBeVisible();
  });
});
