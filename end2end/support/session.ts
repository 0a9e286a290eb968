// Steps on the session surface.
import type { Page } from "@playwright/test";
import { expect, hydrated } from "./test";

/** Starts a session with these words and waits for the first answer. */
export async function start(page: Page, text: string) {
  await page.goto("/pilot?new");
  await hydrated(page);
  const box = page.getByRole("region", { name: "New session" }).getByRole("textbox").first();
  await box.fill(text);
  await box.press("Enter");
  await expect(page).toHaveURL(/\/pilot\/[0-9a-f-]{36}$/);
  await expect(page.getByRole("button", { name: "Send", exact: true })).toBeVisible();
}

/** Below 1200 px the task lane is a drawer. */
export async function openLane(page: Page) {
  const tasks = page.getByRole("button", { name: /^Tasks/ });
  if (await tasks.isVisible()) await tasks.click();
  await expect(page.getByRole("complementary", { name: "Task lane" })).toBeVisible();
}

/** Answers what is open, with the first option and *Fail*, until a fix is suggested. */
export async function walkToFix(page: Page) {
  const lane = page.getByRole("complementary", { name: "Task lane" });
  const banner = page.getByRole("region", { name: "Suggested fix" }).getByRole("button", { name: "Apply" });
  const send = lane.getByRole("button", { name: /Send .*answer/ });
  for (let turn = 0; turn < 12; turn += 1) {
    const open = lane.locator(".item:not(details .item)");
    await expect(banner.or(open.first())).toBeVisible();
    if (await banner.isVisible()) return;
    for (let n = 0; n < (await open.count()); n += 1) {
      const item = open.nth(n);
      const fail = item.getByRole("button", { name: "Fail", exact: true });
      await ((await fail.count()) > 0 ? fail : item.locator(".option").first()).click();
    }
    const answered = page.waitForResponse((response) => response.url().includes("/rpc/pilot/send_message"));
    await send.click();
    await answered;
    // Told to the AI: nothing is left to send. Then its turn ends.
    await expect(send).toBeHidden();
    await expect(page.getByRole("button", { name: "Send", exact: true })).toBeVisible();
  }
  throw new Error("no fix within twelve turns");
}
