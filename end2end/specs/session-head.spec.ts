// The head of a session: ticket, its status, client and what can be done, on every width.
import { start } from "../support/session";
import { expect, expectNoSidewaysScroll, hydrated, test } from "../support/test";

const STATUSES = [
  { status: "Waiting on Customer Response (Email)", problem: null },
  { status: null, problem: "The ticket system cannot be reached right now." },
];

for (const { status, problem } of STATUSES) {
  test(`it fits with the status “${status ?? "not known"}”`, async ({ page }) => {
    const state = { id: "1011", status, open: true, company: null, here: true, problem, hint: null };
    await page.route("**/rpc/pilot/ticket_state*", (route) => route.fulfill({ json: state }));
    await page.goto("/tickets/1011");
    await hydrated(page);
    await page.getByRole("complementary", { name: "Ticket" }).getByRole("button", { name: "Start session" }).click();
    await expect(page).toHaveURL(/\/pilot\//);
    await expect(page.getByText("The session began from ticket #1011")).toBeVisible();
    const head = page.locator(".chat__head");
    const client = head.getByText("Adventure Works Cycles");
    for (const [width, height] of [[1280, 900], [390, 844], [360, 780]] as const) {
      await page.setViewportSize({ width, height });
      await expect(head.getByText(status ?? "status not known")).toBeVisible();
      await expect(client).toBeVisible();
      await expectNoSidewaysScroll(page);
      const excess = await head.evaluate((element) => element.scrollWidth - element.clientWidth);
      expect(excess, `pixels of the head outside of ${width}`).toBeLessThanOrEqual(0);
      const title = await page.getByRole("heading", { level: 1 }).boundingBox();
      expect(title!.width, "room for the title").toBeGreaterThan(80);
      await expect(head.getByRole("button", { name: "Actions for this session" })).toBeInViewport({ ratio: 1 });
    }
  });
}

test("a session that is archived and restored in another tab is so here too", async ({ page, context }) => {
  await start(page, "Outlook asks for the password again and again");
  const other = await context.newPage();
  await other.goto(page.url());
  await hydrated(other);
  const here = (tab: typeof page) => tab.locator(".chat__head").getByText("archived", { exact: true });
  const act = async (name: string) => {
    await page.getByRole("button", { name: "Actions for this session" }).click();
    await page.getByRole("group", { name: "Actions for this session" }).getByRole("button", { name }).click();
  };
  const line = other.getByRole("complementary", { name: "Sessions" }).locator('[aria-current="page"]');
  await expect(line).toBeVisible();
  await act("Archive");
  await expect(here(page)).toBeVisible();
  await expect(here(other)).toBeVisible();
  await expect(line).toBeHidden();
  await act("Restore");
  await expect(here(other)).toBeHidden();
  await expect(line).toBeVisible();
});
