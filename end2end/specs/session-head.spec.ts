// The head of a session: ticket, its status, client and what can be done, on every width.
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
