// Tickets: found, filtered, worked on, opened, and brought into a session.
import type { Page } from "@playwright/test";
import { start } from "../support/session";
import { expect, expectAccessible, expectNoSidewaysScroll, hydrated, test } from "../support/test";

const detail = (page: Page) => page.getByRole("complementary", { name: "Ticket" });
const dialog = (page: Page) => page.getByRole("dialog", { name: "New ticket" });

async function go(page: Page, path: string) {
  await page.goto(path);
  await hydrated(page);
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
  await detail(page).getByText("Customer sees it", { exact: true }).click();
  await detail(page).getByRole("textbox", { name: "New note" }).fill("We turned the template round.");
  await detail(page).getByRole("button", { name: "Add for the customer" }).click();
  const written = detail(page).getByRole("article").filter({ hasText: "We turned the template round." });
  await expect(written).toBeVisible();
  await expect(written).not.toContainText("internal");
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
