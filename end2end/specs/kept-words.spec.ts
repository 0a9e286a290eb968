// What was typed into a note or a ticket's form is still there after a reload, and gone once it is where it belongs.
import type { Page } from "@playwright/test";
import { start } from "../support/session";
import { expect, hydrated, test } from "../support/test";

const PROBLEM = "Outlook asks for the password again and again";

const lane = (page: Page) => page.getByRole("complementary", { name: "Task lane" });
const note = (page: Page) => page.getByRole("dialog", { name: "Resolution note" });
const newTicket = (page: Page) => page.getByRole("dialog", { name: "New ticket" });
const editTicket = (page: Page) => page.getByRole("dialog", { name: "Edit ticket" });

async function go(page: Page, path: string) {
  await page.goto(path);
  await hydrated(page);
}

async function resolve(page: Page) {
  await lane(page).getByRole("button", { name: "Resolve", exact: true }).click();
  await expect(note(page).getByRole("button", { name: /Confirm/ })).toBeVisible();
}

/** Words of one's own in the note that is open. */
async function say(page: Page, words: string) {
  const section = note(page).locator("section", { has: page.getByRole("heading", { name: "Resolution", exact: true }) });
  await section.getByRole("button", { name: "Add in your words" }).click();
  await section.getByRole("textbox", { name: "Statement" }).fill(words);
}

test("words of one's own in a note are there after a reload, and gone once the note is posted", async ({ page }) => {
  await start(page, PROBLEM);
  await resolve(page);
  await say(page, "Restarted her computer.");
  await page.reload();
  await hydrated(page);
  await resolve(page);
  await expect(note(page)).toContainText("Restarted her computer.");
  await note(page).getByRole("button", { name: /Confirm/ }).click();
  await expect(note(page)).toContainText("resolved");
  await note(page).getByRole("button", { name: "Done" }).click();
  await expect.poll(() => page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith("fp:note:")))).toEqual([]);
  await page.getByRole("button", { name: "Reopen" }).click();
  await resolve(page);
  await expect(note(page)).not.toContainText("Restarted her computer.");
});

test("a new ticket is there as it was typed after a reload, not after Cancel", async ({ page }) => {
  await go(page, "/tickets");
  const summary = newTicket(page).getByRole("textbox", { name: "Summary" });
  const open = () => page.getByRole("button", { name: "New ticket" }).click();
  await open();
  await summary.fill("Projector flickers");
  await newTicket(page).getByLabel("Company").fill("Contoso Dental");
  await newTicket(page).getByLabel("Priority").selectOption("high");
  await page.keyboard.press("Escape");
  await page.reload();
  await hydrated(page);
  await open();
  await expect(summary).toHaveValue("Projector flickers");
  await expect(newTicket(page).getByLabel("Company")).toHaveValue("Contoso Dental");
  await expect(newTicket(page).getByLabel("Priority")).toHaveValue("high");
  await newTicket(page).getByRole("button", { name: "Cancel" }).click();
  await page.reload();
  await hydrated(page);
  await open();
  await expect(summary).toHaveValue("");
});

test("a ticket whose answer was lost is opened once, after a reload too", async ({ page }) => {
  await go(page, "/tickets");
  await page.route("**/rpc/tickets/create", async (route) => {
    await route.fetch();
    return route.abort();
  });
  await page.getByRole("button", { name: "New ticket" }).click();
  await newTicket(page).getByRole("textbox", { name: "Summary" }).fill("Door phone is silent");
  await newTicket(page).getByRole("button", { name: "Open ticket" }).click();
  await expect(newTicket(page).getByRole("alert")).toBeVisible();
  await page.unrouteAll();
  await page.reload();
  await hydrated(page);
  await page.getByRole("button", { name: "New ticket" }).click();
  await newTicket(page).getByRole("button", { name: "Open ticket" }).click();
  await expect(page.getByRole("complementary", { name: "Ticket" }).getByRole("heading", { name: "Door phone is silent" })).toBeVisible();
  await expect(page.getByRole("region", { name: "Tickets" }).getByRole("link", { name: "Door phone is silent" })).toHaveCount(1);
});

test("an edit of a ticket is there after a reload, and offered where the ticket was changed meanwhile", async ({ page }) => {
  await go(page, "/tickets/1008");
  const edit = () => page.getByRole("button", { name: "Edit", exact: true }).click();
  const body = editTicket(page).getByRole("textbox", { name: "Description" });
  await edit();
  await body.fill("It began on Tuesday.");
  await page.reload();
  await hydrated(page);
  await edit();
  await expect(body).toHaveValue("It began on Tuesday.");

  // A colleague's change, from elsewhere.
  const summary = editTicket(page).getByRole("textbox", { name: "Summary" });
  const before = await summary.inputValue();
  await page.evaluate(() => {
    for (const [key, text] of Object.entries(localStorage)) {
      if (!key.startsWith("fp:edit-ticket:")) continue;
      const kept = JSON.parse(text);
      kept.base[0] = kept.typed[0] = "As it was called before";
      localStorage.setItem(key, JSON.stringify(kept));
    }
  });
  await page.reload();
  await hydrated(page);
  await edit();
  await expect(body).not.toHaveValue("It began on Tuesday.");
  await editTicket(page).getByRole("button", { name: "Take it up" }).click();
  await expect(body).toHaveValue("It began on Tuesday.");
  await expect(summary).toHaveValue(before);
  await editTicket(page).getByRole("button", { name: "Cancel" }).click();
  await page.reload();
  await hydrated(page);
  await edit();
  await expect(body).not.toHaveValue("It began on Tuesday.");
});
