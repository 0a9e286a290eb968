// The whole main job without a mouse.
import type { Locator, Page } from "@playwright/test";
import { expect, hydrated, test } from "../support/test";

/** Goes on with Tab until this has the focus. */
async function tabTo(page: Page, target: Locator) {
  await expect(target).toBeVisible();
  const focused = () => target.evaluate((element) => element === document.activeElement);
  for (let presses = 0; presses < 150; presses += 1) {
    if (await focused()) return;
    await page.keyboard.press("Tab");
  }
  throw new Error("Tab does not lead there");
}

async function press(page: Page, target: Locator, key = "Enter") {
  await tabTo(page, target);
  await page.keyboard.press(key);
}

test("an engineer does the main job with the keyboard alone", async ({ page }) => {
  test.setTimeout(240_000);
  await page.goto("/pilot?new");
  await hydrated(page);
  await tabTo(page, page.getByRole("textbox", { name: "What is wrong?" }));
  await page.keyboard.type("Outlook asks for the password again and again, webmail works");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/pilot\/[0-9a-f-]{36}$/);

  const lane = page.getByRole("complementary", { name: "Task lane" });
  const apply = page.getByRole("region", { name: "Suggested fix" }).getByRole("button", { name: "Apply" });
  const idle = page.getByRole("button", { name: "Send", exact: true });
  const send = lane.getByRole("button", { name: /Send .*answer/ });
  for (let turn = 0; turn < 12; turn += 1) {
    await expect(idle).toBeVisible();
    const open = lane.locator(".item:not(details .item)");
    await expect(apply.or(open.first())).toBeVisible();
    if (await apply.isVisible()) break;
    for (let n = 0; n < (await open.count()); n += 1) {
      const fail = open.nth(n).getByRole("button", { name: "Fail", exact: true });
      await press(page, (await fail.count()) > 0 ? fail : open.nth(n).locator(".option").first(), "Space");
    }
    const answered = page.waitForResponse((response) => response.url().includes("/rpc/pilot/send_message"));
    await press(page, send);
    await answered;
    await expect(send).toBeHidden();
  }
  await press(page, apply);
  await press(page, page.getByRole("region", { name: "Suggested fix" }).getByRole("button", { name: "Yes" }));
  await press(page, lane.getByRole("button", { name: "Resolve", exact: true }));
  const note = page.getByRole("dialog", { name: "Resolution note" });
  await press(page, note.getByRole("button", { name: /Confirm/ }));
  await expect(note).toContainText(/resolved/i);
  await press(page, note.getByRole("button", { name: "Done" }));
  await expect(note).toBeHidden();
  await tabTo(page, page.getByRole("button", { name: "Reopen" }));
});
