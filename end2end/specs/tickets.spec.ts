// Tickets: found, filtered, worked on, opened, and brought into a session.
import type { Page } from "@playwright/test";
import { start } from "../support/session";
import { expect, expectAccessible, expectNoSidewaysScroll, hydrated, test } from "../support/test";

const detail = (page: Page) => page.getByRole("complementary", { name: "Ticket" });
const dialog = (page: Page) => page.getByRole("dialog", { name: "New ticket" });

const linking = (page: Page) => page.getByRole("dialog", { name: "Link ticket" });
const searchBox = (page: Page) => page.getByRole("searchbox", { name: "Search tickets" });
const row = (page: Page, id: string) => page.locator(`a[data-row="${id}"]`);

async function go(page: Page, path: string) {
  await page.goto(path);
  await hydrated(page);
}

/** Holds calls of a server function back until they are let go. */
async function hold(page: Page, name: string) {
  let release: () => void = () => undefined;
  const gate = new Promise<void>((open) => {
    release = open;
  });
  await page.route(`**/rpc/${name}*`, async (route) => {
    await gate;
    await route.continue();
  });
  return async () => {
    const answered = page.waitForResponse((response) => response.url().includes(`/rpc/${name}`));
    release();
    await answered;
  };
}

test("the address holds every filter", async ({ page }) => {
  await go(page, "/tickets");
  await page.getByLabel("Status", { exact: true }).selectOption("all");
  await expect(page).toHaveURL(/status=all/);
  await expect(page.getByRole("link", { name: "Printer in accounts prints colours wrong" })).toBeVisible();
  await page.getByLabel("Priority", { exact: true }).selectOption("critical");
  await expect(page).toHaveURL(/priority=critical/);
  await expect(page.getByRole("link", { name: "Whole shop offline" })).toBeVisible();
  await expect(page.getByRole("link", { name: "Kyocera in accounts prints nothing" })).toBeHidden();
  await page.getByRole("link", { name: "Clear" }).click();
  await expect(page).toHaveURL(/\/tickets$/);
});

test("tickets are narrowed down by who works on them, and by company", async ({ page }) => {
  await go(page, "/tickets");
  await page.getByRole("button", { name: /^Assignee:/ }).click();
  await page.getByRole("textbox", { name: "Find: Assignee" }).fill("mo k");
  await page.getByRole("group", { name: "Assignee" }).getByRole("link", { name: "Mo Keller" }).click();
  await expect(page.getByRole("link", { name: "Whole shop offline" })).toBeVisible();
  await expect(page.getByRole("button", { name: "Assignee: Mo Keller" })).toBeVisible();
  await go(page, "/tickets");
  await page.getByRole("button", { name: /^Company:/ }).click();
  await page.getByRole("textbox", { name: "Find: Company" }).fill("contoso");
  await page.getByRole("group", { name: "Company" }).getByRole("link", { name: "Contoso Dental" }).click();
  await expect(page).toHaveURL(/company=/);
  await expect(page.getByRole("link", { name: "Outlook asks for the password again and again" })).toBeVisible();
  await expect(page.getByRole("link", { name: "Whole shop offline" })).toBeHidden();
});

test("filters are kept under a name, picked and deleted", async ({ page }) => {
  await go(page, "/tickets?priority=low");
  await page.getByRole("button", { name: "Save view" }).click();
  await page.getByRole("textbox", { name: "Name of the view" }).fill("Can wait");
  await page.keyboard.press("Enter");
  // leaving the page sooner would take the request back
  await expect(page.getByRole("link", { name: "Can wait" })).toBeVisible();
  await go(page, "/tickets");
  await page.getByRole("link", { name: "Can wait" }).click();
  await expect(page).toHaveURL(/priority=low/);
  await page.getByRole("button", { name: "Delete view Can wait" }).click();
  await expect(page.getByRole("link", { name: "Can wait" })).toBeHidden();
});

test("a ticket is worked on beside the list", async ({ page }) => {
  await go(page, "/tickets/1009");
  await detail(page).getByRole("combobox", { name: "Change status" }).selectOption("waiting");
  await expect(page.getByRole("region", { name: "Tickets" }).getByRole("row", { name: /packing station/ })).toContainText("waiting");
  await detail(page).getByRole("button", { name: "Assign to me" }).click();
  await expect(detail(page).getByRole("list", { name: "Assigned" })).toContainText("Dana Demo");
  await detail(page).getByRole("button", { name: "Take Dana Demo off" }).click();
  await expect(detail(page).getByText("nobody", { exact: true })).toBeVisible();

  const note = detail(page).getByRole("textbox", { name: "New note" });
  await note.fill("Disk is full of old scans.");
  await page.reload();
  await hydrated(page);
  await expect(note).toHaveValue("Disk is full of old scans.");
  await detail(page).getByRole("button", { name: "Add internal note" }).click();
  const written = detail(page).getByRole("article").filter({ hasText: "Disk is full of old scans." });
  await expect(written).toContainText("internal");
  await expect(note).toHaveValue("");

  await detail(page).getByRole("spinbutton", { name: "Minutes" }).fill("15");
  await detail(page).getByRole("textbox", { name: "What was done" }).fill("Looked at the disk");
  await detail(page).getByRole("button", { name: "Enter time" }).click();
  await expect(detail(page).getByRole("list", { name: "Time entries" })).toContainText("15 min");
  await expectAccessible(page);
});

test("a note reaches the customer only where that is chosen", async ({ page }) => {
  await go(page, "/tickets/1011");
  await detail(page).getByText("Customer can read it", { exact: true }).click();
  await detail(page).getByRole("textbox", { name: "New note" }).fill("We turned the template round.");
  await detail(page).getByRole("button", { name: "Add for the customer" }).click();
  const written = detail(page).getByRole("article").filter({ hasText: "We turned the template round." });
  await expect(written).toBeVisible();
  await expect(written).not.toContainText("internal");
  await expect(page.getByRole("row", { name: /Label printer/ }).getByRole("cell").last()).toHaveText("now");
});

test("a new ticket is read out of a pasted mail", async ({ page }) => {
  await go(page, "/tickets");
  await page.getByRole("button", { name: "New ticket" }).click();
  await dialog(page).getByRole("textbox", { name: /^Paste/ }).fill("Scanner does not send mails\n\nSince yesterday the scanner says 535.");
  await dialog(page).getByRole("button", { name: "Fill in from the text" }).click();
  await expect(dialog(page).getByRole("textbox", { name: "Summary" })).toHaveValue("Scanner does not send mails");
  await expectAccessible(page);
  await dialog(page).getByLabel("Company").fill("Contoso Dental");
  await dialog(page).getByRole("button", { name: "Open ticket" }).click();
  await expect(detail(page).getByRole("heading", { name: "Scanner does not send mails" })).toBeVisible();
  await expect(detail(page)).toContainText("Contoso Dental");
});

test("a session opens its ticket, and its head tells how it stands", async ({ page }) => {
  await start(page, "Outlook asks for the password again and again");
  await page.getByRole("button", { name: "New ticket" }).click();
  await expect(dialog(page).getByRole("textbox", { name: "Summary" })).not.toHaveValue("");
  await dialog(page).getByRole("button", { name: "Open ticket" }).click();
  await expect(page.getByRole("main").getByRole("link", { name: /^#\d+$/ })).toBeVisible();
  await expect(page.getByTitle("Status of the ticket")).toHaveText("new");
});

test("words are looked for with whatever else is chosen, and the box says what is looked for", async ({ page }) => {
  await go(page, "/tickets");
  await searchBox(page).fill("shop");
  await searchBox(page).press("Enter");
  await expect(page).toHaveURL(/\/tickets\?q=shop$/);
  await page.getByRole("link", { name: "Clear" }).click();
  await expect(page).toHaveURL(/\/tickets$/);
  await expect(searchBox(page)).toHaveValue("");
  await searchBox(page).fill("vpn");
  await page.getByLabel("Status", { exact: true }).selectOption("all");
  await expect(page).toHaveURL(/q=vpn/);
  await expect(page).toHaveURL(/status=all/);
  await expect(searchBox(page)).toHaveValue("vpn");
  await page.goBack();
  await expect(searchBox(page)).toHaveValue("");
});

test("Enter in a picker takes what was typed, and nothing where nothing was", async ({ page }) => {
  await go(page, "/tickets");
  const button = page.getByRole("button", { name: /^Company:/ });
  const group = page.getByRole("group", { name: "Company" });
  const find = page.getByRole("textbox", { name: "Find: Company" });
  await button.click();
  await expect(find).toBeFocused();
  await expect(group.getByRole("link", { name: "Adventure Works Cycles" })).toBeVisible();
  await page.keyboard.press("Enter");
  await expect(find).toBeVisible();
  await expect(page).toHaveURL(/\/tickets$/);
  await page.keyboard.type("contoso");
  await expect(group.getByRole("link", { name: "Adventure Works Cycles" })).toBeHidden();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/company=/);
  await expect(page.getByRole("button", { name: "Company: Contoso Dental" })).toBeVisible();
  await page.reload();
  await hydrated(page);
  await expect(page.getByRole("button", { name: "Company: Contoso Dental" })).toBeVisible();
  await button.click();
  await expect(find).toHaveValue("");
  await expect(group.getByRole("link", { name: "Adventure Works Cycles" })).toBeVisible();
});

test("j goes on from the ticket that is open", async ({ page }) => {
  await go(page, "/tickets/1009");
  const ids = await page.locator("a[data-row]").evaluateAll((rows) => rows.map((one) => one.getAttribute("data-row")));
  await page.keyboard.press("j");
  await expect(row(page, ids[ids.indexOf("1009") + 1]!)).toBeFocused();
});

test("where ticket and list take turns, the focus goes along", async ({ page }) => {
  await page.setViewportSize({ width: 1000, height: 800 });
  await go(page, "/tickets?status=all");
  await row(page, "1003").focus();
  await page.keyboard.press("Enter");
  await expect(detail(page)).toBeFocused();
  await page.getByRole("link", { name: "Back to the list" }).press("Enter");
  await expect(row(page, "1003")).toBeFocused();
});

test("a note on its way leaves what is typed meanwhile, and other tickets, alone", async ({ page }) => {
  await go(page, "/tickets/1012?status=all");
  const note = detail(page).getByRole("textbox", { name: "New note" });
  const add = detail(page).getByRole("button", { name: "Add internal note" });
  const first = await hold(page, "tickets/add_note");
  await note.fill("The headset is the default device now.");
  await add.click();
  await note.fill("He calls back tomorrow.");
  await first();
  await expect(detail(page).getByRole("article").filter({ hasText: "The headset is the default" })).toBeVisible();
  await expect(note).toHaveValue("He calls back tomorrow.");
  await page.unrouteAll();

  const second = await hold(page, "tickets/add_note");
  await add.click();
  await row(page, "1011").click();
  await expect(detail(page).getByRole("heading", { name: /Label printer/ })).toBeVisible();
  await second();
  await expect.poll(() => page.evaluate(() => localStorage.getItem("fp:ticket-note:1012"))).toBeNull();
  await go(page, "/tickets/1012?status=all");
  await expect(detail(page).getByRole("article").filter({ hasText: "He calls back tomorrow." })).toBeVisible();
  await expect(note).toHaveValue("");
});

test("whoever could not be assigned is not shown as chosen", async ({ page }) => {
  await go(page, "/tickets/1007");
  await page.route("**/rpc/tickets/assign", (route) => route.abort());
  const people = detail(page).getByRole("combobox", { name: "Assign somebody" });
  await people.selectOption("Mo Keller");
  await expect(page.locator(".toast--danger")).toBeVisible();
  await expect(people).toHaveValue("");
});

test("a contact is chosen of the company, and the next new ticket begins empty", async ({ page }) => {
  await go(page, "/tickets");
  await page.getByRole("button", { name: "New ticket" }).click();
  await dialog(page).getByRole("textbox", { name: "Summary" }).fill("Chair side screen stays black");
  await dialog(page).getByLabel("Company").fill("Contoso Dental");
  await expect(dialog(page).locator("#new-ticket-contacts option[value='Jenny Park']")).toBeAttached();
  await dialog(page).getByLabel("Contact", { exact: true }).fill("Jenny Park");
  await dialog(page).getByLabel("Priority").selectOption("high");
  await dialog(page).getByRole("button", { name: "Open ticket" }).click();
  await expect(detail(page).getByRole("heading", { name: "Chair side screen stays black" })).toBeVisible();
  await expect(detail(page)).toContainText("Jenny Park");
  await page.getByRole("button", { name: "New ticket" }).click();
  for (const label of ["Summary", "Company", "Contact", "Priority"]) {
    await expect(dialog(page).getByLabel(label, { exact: true })).toHaveValue("");
  }
});

test("a summary that was corrected after a lost answer is not thrown away", async ({ page }) => {
  await go(page, "/tickets");
  let lost = false;
  await page.route("**/rpc/tickets/create", async (route) => {
    if (lost) return route.continue();
    lost = true;
    await route.fetch();
    return route.abort();
  });
  await page.getByRole("button", { name: "New ticket" }).click();
  const summary = dialog(page).getByRole("textbox", { name: "Summary" });
  await summary.fill("Projector in room 3 flickers");
  await dialog(page).getByRole("button", { name: "Open ticket" }).click();
  await expect(dialog(page).getByRole("alert")).toBeVisible();
  await summary.fill("Projector in room 4 flickers");
  await dialog(page).getByRole("button", { name: "Open ticket" }).click();
  await expect(detail(page).getByRole("heading", { name: "Projector in room 4 flickers" })).toBeVisible();
});

test("filling in from a text can be undone", async ({ page }) => {
  await go(page, "/tickets");
  await page.getByRole("button", { name: "New ticket" }).click();
  const summary = dialog(page).getByRole("textbox", { name: "Summary" });
  await summary.fill("Scanner, third time this week");
  await dialog(page).getByRole("textbox", { name: /^Paste/ }).fill("Scanner does not send mails\n\nSince yesterday the scanner says 535.");
  await dialog(page).getByRole("button", { name: "Fill in from the text" }).click();
  await expect(summary).toHaveValue("Scanner does not send mails");
  await dialog(page).getByRole("button", { name: "Undo" }).click();
  await expect(summary).toHaveValue("Scanner, third time this week");
});

test("a ticket is linked to a session by its number, and taken off again", async ({ page }) => {
  await start(page, "The label printer prints upside down");
  const chip = page.getByRole("main").getByRole("link", { name: "#1011", exact: true });
  await page.getByRole("button", { name: "Link ticket" }).click();
  const find = linking(page).getByRole("searchbox", { name: "Find a ticket" });
  await expect(find).toBeFocused();
  await find.fill("no such ticket anywhere");
  await expect(linking(page).getByText("No ticket has these words or this number.")).toBeVisible();
  await find.fill("#1011");
  await expect(linking(page).getByRole("button", { name: /#1011/ })).toBeVisible();
  await expectAccessible(page);
  await find.press("Enter");
  await expect(linking(page)).toBeHidden();
  await expect(chip).toBeVisible();
  await expect(page.getByText("for #1011 · Adventure Works Cycles").first()).toBeVisible();
  await page.getByRole("button", { name: "Take off ticket" }).click();
  await expect(chip).toBeHidden();
  await page.locator(".toast").getByRole("button", { name: "Undo" }).click();
  await expect(chip).toBeVisible();
});

test("a ticket is linked from the palette, with the arrows", async ({ page }) => {
  await start(page, "Veeam job failed");
  await page.keyboard.press("Control+k");
  await page.keyboard.type("link ticket");
  await expect(page.getByRole("dialog", { name: "Command palette" }).getByRole("option", { selected: true })).toHaveAccessibleName(/^Link ticket/);
  await page.keyboard.press("Enter");
  const find = linking(page).getByRole("searchbox", { name: "Find a ticket" });
  await expect(find).toBeFocused();
  await find.fill("veeam");
  const line = linking(page).getByRole("button", { name: /#1010/ });
  await expect(line).toBeVisible();
  await page.keyboard.press("ArrowDown");
  await expect(line).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("main").getByRole("link", { name: "#1010", exact: true })).toBeVisible();
});

test("the list fits a phone, and its ticket takes the whole page", async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  for (const path of ["/tickets?status=all", "/tickets/1003"]) {
    await go(page, path);
    await expectNoSidewaysScroll(page);
    await expectAccessible(page);
  }
});

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false });

  test("tickets are searched and filtered", async ({ page }) => {
    await page.goto("/tickets");
    await page.getByRole("searchbox", { name: "Search tickets" }).fill("shop offline");
    await page.getByRole("button", { name: "Search", exact: true }).click();
    await expect(page).toHaveURL(/q=shop/);
    await expect(page.getByText("Whole shop offline")).toBeVisible();
    await expect(page.getByText("Kyocera in accounts prints nothing")).toBeHidden();
  });
});
