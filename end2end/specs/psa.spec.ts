// A ticket system of the account's own: connected, worked with, away for a while, and left again.
import type { Page } from "@playwright/test";
import { playConnectWise, signIn, startServer } from "../support/server.mjs";
import { expect, expectAccessible, expectNoSidewaysScroll, hydrated, test } from "../support/test";

const PORT = Number(process.env.E2E_PORT ?? 3210) + 10;

test.describe.configure({ mode: "serial" });
test.use({ baseURL: `http://127.0.0.1:${PORT}`, storageState: { cookies: [], origins: [] } });

let server: Awaited<ReturnType<typeof startServer>>;
let desk: Awaited<ReturnType<typeof playConnectWise>>;

test.beforeAll(async () => {
  [server, desk] = await Promise.all([startServer(PORT), playConnectWise(PORT + 1)]);
});

test.afterAll(async () => {
  await Promise.all([server?.stop(), desk?.stop()]);
});

test.beforeEach(async ({ page }) => signIn(page));

const detail = (page: Page) => page.getByRole("complementary", { name: "Ticket" });

async function go(page: Page, path: string) {
  await page.goto(path);
  await hydrated(page);
}

test("what was typed of a connection stays when it does not work and after a reload, without its secrets", async ({ page }) => {
  await go(page, "/account/psa");
  await page.getByLabel("Site").fill(desk.enter.site);
  await page.getByLabel("Company id").fill("nobody");
  await page.getByLabel("Public key").fill(desk.enter.public_key);
  await page.getByLabel("Private key").fill("wrong");
  await page.getByLabel("Client id").fill(desk.enter.client_id);
  await page.getByRole("button", { name: "Connect", exact: true }).click();
  await expect(page.getByText("Nothing was saved.")).toBeVisible();
  await expect(page.getByLabel("Company id")).toHaveValue("nobody");
  await page.reload();
  await hydrated(page);
  await expect(page.getByLabel("Site")).toHaveValue(desk.enter.site);
  await expect(page.getByLabel("Company id")).toHaveValue("nobody");
  await expect(page.getByLabel("Public key")).toHaveValue(desk.enter.public_key);
  await expect(page.getByLabel("Private key")).toHaveValue("");
  await expect(page.getByLabel("Client id")).toHaveValue("");
});

test("a connection is tried with its real answer before it is kept", async ({ page }) => {
  await go(page, "/account/psa");
  await page.getByLabel("Site").fill(desk.enter.site);
  await page.getByLabel("Company id").fill(desk.enter.company);
  await page.getByLabel("Public key").fill(desk.enter.public_key);
  await page.getByLabel("Private key").fill("wrong");
  await page.getByLabel("Client id").fill(desk.enter.client_id);
  await page.getByRole("button", { name: "Test connection" }).click();
  await expect(page.getByRole("status").filter({ hasText: "It does not work." })).toContainText(/key/i);
  await expect(page.getByText(/^Not connected/)).toBeVisible();

  // Nor is one kept that does not work, unless somebody insists.
  await page.getByRole("button", { name: "Connect", exact: true }).click();
  await expect(page.getByText("Nothing was saved.")).toBeVisible();
  await expect(page.getByText(/^Not connected/)).toBeVisible();

  await page.getByLabel("Private key").fill(desk.enter.private_key);
  await page.getByRole("button", { name: "Test connection" }).click();
  await expect(page.getByText(/^It answered in/)).toBeVisible();
  await page.getByRole("button", { name: "Connect", exact: true }).click();
  await expect(page.getByText("The connection is saved.")).toBeVisible();
  await expect(page.getByLabel("Private key")).toHaveValue("");
  await expect(page.getByText("Anna Smith")).toBeVisible();
  await expectAccessible(page);
  // What is stored is not kept in the tab any more.
  await expect.poll(() => page.evaluate(() => Object.keys(sessionStorage).filter((key) => key.startsWith("fp:psa:")))).toEqual([]);
});

test("where its tickets go is chosen for all boards, and kept", async ({ page }) => {
  await go(page, "/account/psa");
  const goal = page.getByLabel("Resolved").first();
  await goal.selectOption({ label: "Completed" });
  await page.reload();
  await hydrated(page);
  await expect(goal.locator("option:checked")).toHaveText("Completed");
});

test("its boards narrow the tickets down", async ({ page }) => {
  await go(page, "/tickets");
  await expect(page.getByRole("link", { name: "Outlook asks for password" })).toBeVisible();
  await page.getByRole("combobox", { name: "Board" }).selectOption({ label: "Network" });
  await expect(page).toHaveURL(/board=2/);
  await expect(page.getByRole("link", { name: "Outlook asks for password" })).toBeHidden();
});

test("a ticket system that is away says so once, with what helps, and comes back whole", async ({ page }) => {
  await desk.stop();
  for (const width of [1440, 390]) {
    await page.setViewportSize({ width, height: 900 });
    await go(page, "/tickets/48213");
    await expect(detail(page).getByText(/under Settings > Ticket system/)).toBeVisible({ timeout: 30_000 });
    await expect(page.getByText(/ticket system cannot be reached/i).filter({ visible: true })).toHaveCount(1);
    await expect(detail(page).getByRole("link", { name: "Go to tickets" })).toHaveAttribute("href", "/tickets");
    await expectNoSidewaysScroll(page);
    await expectAccessible(page);
  }
  await page.setViewportSize({ width: 1440, height: 900 });
  desk = await playConnectWise(PORT + 1);
  // It may be left alone for a moment after it failed.
  await expect(async () => {
    const again = detail(page).getByRole("button", { name: "Try again" });
    if (await again.isVisible()) await again.click();
    await expect(detail(page).getByText("#48213")).toBeVisible({ timeout: 3_000 });
  }).toPass({ timeout: 30_000 });
  await expect(page.getByRole("region", { name: "Tickets" }).getByRole("link").first()).toBeVisible({ timeout: 30_000 });
});

test("a ticket is worked on beside the list and opens a session that says how it stands", async ({ page }) => {
  await go(page, "/tickets/48213");
  await detail(page).getByRole("combobox", { name: "Change status" }).selectOption({ label: "In Progress" });
  await expect(detail(page).locator(".chip").filter({ hasText: "In Progress" })).toBeVisible();
  await detail(page).getByRole("button", { name: "Start session" }).click();
  await expect(page).toHaveURL(/\/pilot\//);
  await expect(page.getByTitle("Status of the ticket")).toHaveText("In Progress");
  await expect(page.locator("a.chip", { hasText: "#48213" })).toBeVisible();
});

test("a note waits for a ticket system that is away, says so, and arrives with a retry", async ({ page }) => {
  await go(page, "/tickets/48214");
  await detail(page).getByRole("button", { name: "Start session" }).click();
  await expect(page.getByTitle("Status of the ticket")).toBeVisible();
  await expect(page.getByRole("button", { name: "Send", exact: true })).toBeVisible();
  await page.getByRole("complementary", { name: "Task lane" }).getByRole("button", { name: "Resolve", exact: true }).click();
  const note = page.getByRole("dialog", { name: "Resolution note" });
  await note.getByRole("button", { name: "Add in your words" }).first().click();
  await note.getByRole("textbox", { name: "Statement" }).fill("Restarted her computer.");
  await desk.stop();
  await note.getByRole("button", { name: /Confirm/ }).click();
  await expect(note).toContainText("The ticket system cannot be reached right now", { timeout: 30_000 });
  await expectAccessible(page);

  // The page opens without it, and says what it does not know.
  await page.reload();
  await hydrated(page);
  await expect(page.getByText("status not known")).toBeVisible({ timeout: 30_000 });
  await expect(page.locator(".closed-bar")).toContainText("It is not on the ticket yet");
  await expectAccessible(page);

  // Its reason stands beside its sign on a phone too.
  await page.setViewportSize({ width: 390, height: 844 });
  const session = page.url();
  await go(page, "/account/psa");
  const why = page.getByRole("listitem").filter({ hasText: "#48214" }).locator(".notice");
  await expect(why).toContainText("cannot be reached");
  const [sign, words] = await why.evaluate((notice) => {
    const range = document.createRange();
    range.selectNodeContents(notice);
    const icon = notice.querySelector("svg")!;
    range.setStartAfter(icon);
    return [icon.getBoundingClientRect(), range.getBoundingClientRect()].map(({ left, right, bottom, top }) => ({ left, right, bottom, top }));
  });
  expect(words.left).toBeGreaterThanOrEqual(sign.right);
  expect(words.top).toBeLessThan(sign.bottom);
  await page.setViewportSize({ width: 1440, height: 900 });
  await go(page, new URL(session).pathname);

  desk = await playConnectWise(PORT + 1);
  await page.locator(".closed-bar").getByRole("button", { name: "Retry now" }).click();
  await expect(page.locator(".closed-bar")).toContainText("Posted by Dana Demo", { timeout: 30_000 });
  await go(page, "/account/psa");
  const post = page.getByRole("listitem").filter({ hasText: "#48214" });
  await expect(post).toContainText("verified");
  await expect(post.getByRole("link", { name: "#48214" })).toBeVisible();
});

test("a note that is refused for good says why in sight, and is changed with the words that were typed", async ({ page }) => {
  await go(page, "/tickets/48213");
  await detail(page).getByRole("button", { name: "Start session" }).click();
  await expect(page.getByText("The session began from ticket #48213")).toBeVisible();
  await expect(page.getByRole("button", { name: "Send", exact: true })).toBeVisible();
  const resolve = page.getByRole("complementary", { name: "Task lane" }).getByRole("button", { name: "Resolve", exact: true });
  await resolve.click();
  const note = page.getByRole("dialog", { name: "Resolution note" });
  await note.getByRole("button", { name: "Add in your words" }).first().click();
  await note.getByRole("textbox", { name: "Statement" }).fill(`Restarted her computer. ${"x".repeat(61_000)}`);
  await note.getByRole("button", { name: /Confirm/ }).click();
  await expect(note.getByRole("alert")).toContainText("Not posted");
  await expect(note.getByRole("button", { name: "Reopen and change" })).toBeVisible();
  await expectAccessible(page);
  await note.getByRole("button", { name: "Close" }).last().click();

  const head = page.locator(".chat__head");
  for (const viewport of [{ width: 390, height: 844 }, { width: 1280, height: 900 }]) {
    await page.setViewportSize(viewport);
    await expect(page.getByRole("group", { name: "Why it did not get through" })).toBeInViewport({ ratio: 1 });
    await expect(page.locator(".closed-bar")).toContainText("The ticket system refused the note.");
    await expect(head.getByText("not posted")).toBeVisible();
    await expectNoSidewaysScroll(page);
  }
  await expect(page.locator(".list__item[aria-current=page]")).toContainText("not posted");

  await page.reload();
  await hydrated(page);
  await page.locator(".closed-bar").getByRole("button", { name: "Reopen" }).click();
  await resolve.click();
  const own = note.locator(".statement", { hasText: "Restarted her computer." });
  await own.getByRole("button", { name: "Edit statement" }).click();
  await note.getByRole("textbox", { name: "Statement" }).fill("Restarted her computer.");
  await note.getByRole("button", { name: /Confirm/ }).click();
  await expect(note).toContainText("The note is in the ticket", { timeout: 30_000 });
});

test("whoever disconnects keeps notes, and works with tickets of FlowPilot itself", async ({ page }) => {
  await go(page, "/account/psa");
  await page.getByRole("button", { name: "Disconnect" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Disconnect" }).click();
  await expect(page.getByText(/^Not connected/)).toBeVisible();
  const post = page.getByRole("listitem").filter({ hasText: "#48214" });
  await page.reload();
  await hydrated(page);
  await expect(post).toContainText("verified");
  await expect(post.getByRole("link")).toHaveCount(0);
  await go(page, "/tickets");
  await expect(page.getByRole("link", { name: "Outlook asks for the password again and again" })).toBeVisible();
});
