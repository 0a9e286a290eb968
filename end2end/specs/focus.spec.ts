// Where the focus goes when what had it is gone: to what opened it, or to what is asked in its place, never to nowhere.
import type { Page } from "@playwright/test";
import { start, walkToFix } from "../support/session";
import { expect, hydrated, test } from "../support/test";

const PROBLEM = "Outlook asks for the password again and again, webmail works";

const lane = (page: Page) => page.getByRole("complementary", { name: "Task lane" });
const banner = (page: Page) => page.getByRole("region", { name: "Suggested fix" }).first();

for (const key of ["Enter", "Escape"]) {
  test(`a title that is done with by ${key} gives the focus back to the session's menu`, async ({ page }) => {
    await start(page, PROBLEM);
    const menu = page.locator(".chat__head").getByRole("button", { name: "Actions for this session" });
    await menu.press("Enter");
    await page.getByRole("group", { name: "Actions for this session" }).getByRole("button", { name: "Rename" }).press("Enter");
    const title = page.getByRole("textbox", { name: "Title of the session" });
    await title.fill("Mail on floor two");
    await title.press(key);
    await expect(title).toBeHidden();
    await expect(menu).toBeFocused();
  });
}

test("Escape in a form of the lane gives the focus back to the button that opened it, and so does saving", async ({ page }) => {
  await start(page, PROBLEM);
  const add = lane(page).getByRole("button", { name: "Add note" });
  const note = lane(page).getByRole("textbox", { name: "Note" });
  await add.press("Enter");
  await note.press("Escape");
  await expect(add).toBeFocused();
  await add.press("Enter");
  await note.fill("She changed her password on Monday.");
  await note.press("Control+Enter");
  await expect(add).toBeFocused();

  const edit = lane(page).getByRole("button", { name: "Edit: She changed her password on Monday." });
  await edit.press("Enter");
  await lane(page).getByRole("textbox", { name: "Edit fact" }).press("Escape");
  await expect(edit).toBeFocused();

  const ruleOut = lane(page).locator(".hypothesis").getByRole("button", { name: /^Rule out/ }).first();
  await ruleOut.press("Enter");
  await lane(page).getByRole("textbox", { name: "Ruled out because" }).press("Escape");
  await expect(ruleOut).toBeFocused();
});

test("Escape leaves an empty message box to the page's keys, and keeps one in which something is written", async ({ page }) => {
  await start(page, PROBLEM);
  const box = page.getByRole("textbox", { name: "Message" });
  await box.fill("half a thought");
  await box.press("Escape");
  await expect(box).toBeFocused();
  await box.fill("");
  await box.press("Escape");
  await expect(box).not.toBeFocused();

  await page.goto("/pilot?new");
  await hydrated(page);
  const first = page.getByRole("textbox", { name: "What is wrong?" });
  await expect(first).toBeFocused();
  await expect(page.locator("a[data-row]").filter({ visible: true }).first()).toBeVisible();
  await page.keyboard.press("Escape");
  await page.keyboard.press("j");
  await expect(page.locator("a[data-row]:focus")).toBeVisible();
  await expect(first).toHaveValue("");
});

test("what is left of a fix is given up with Escape, and asked for from where it was", async ({ page }) => {
  await start(page, PROBLEM);
  await walkToFix(page);
  await banner(page).getByRole("button", { name: "Apply" }).press("Enter");
  await expect(banner(page)).toBeFocused();
  const partly = banner(page).getByRole("button", { name: "Partly" });
  await partly.press("Enter");
  await banner(page).getByRole("textbox").press("Escape");
  await expect(partly).toBeFocused();
});

test("who turns the AI's guess at an outcome down is led to what is asked in its place", async ({ page, baseURL }) => {
  const say: ((frame: string) => void)[] = [];
  await page.routeWebSocket(/\/live$/, (socket) => {
    socket.connectToServer();
    say.push((frame) => socket.send(frame));
  });
  await start(page, PROBLEM);
  await walkToFix(page);
  await banner(page).getByRole("button", { name: "Apply" }).click();
  await expect(banner(page)).toContainText("Did it work?");
  const session_id = page.url().split("/").at(-1);
  const look = await page.request.get(`/api/v1/ai-sessions/${session_id}`, { headers: { origin: baseURL! } });
  const { active_fix, last_event_id } = await look.json();
  // The built-in assistant never guesses.
  const data = { fix_id: active_fix.id, proposal: { outcome: "applied_success", reason: "She can sign in.", notes: null } };
  say.at(-1)!(JSON.stringify({ hear: "event", session_id, stamped: { id: last_event_id + 1, turn_id: null, event: "outcome_proposal", data } }));
  await page.route("**/rpc/pilot/reject_proposal*", (route) => route.fulfill({ json: active_fix }));
  await banner(page).getByRole("button", { name: "Not yet" }).press("Enter");
  await expect(banner(page)).toContainText("Did it work?");
  await expect(banner(page)).toBeFocused();
});

test("who reopens a session writes on", async ({ page }) => {
  await start(page, PROBLEM);
  await lane(page).getByRole("button", { name: "Resolve", exact: true }).click();
  const note = page.getByRole("dialog", { name: "Resolution note" });
  await note.getByRole("button", { name: /Confirm/ }).click();
  await note.getByRole("button", { name: "Done" }).click();
  await page.getByRole("button", { name: "Reopen" }).press("Enter");
  await expect(page.getByRole("textbox", { name: "Message" })).toBeFocused();
});

test("what is tried again gives the focus on when it has worked", async ({ page }) => {
  await start(page, PROBLEM);
  const conversation = page.getByRole("region", { name: "Conversation" });
  const box = page.getByRole("textbox", { name: "Message" });
  await page.route("**/rpc/pilot/send_message*", (route) => route.abort(), { times: 1 });
  await box.fill("It began on Monday.");
  await box.press("Enter");
  await conversation.getByRole("button", { name: "Try again" }).press("Enter");
  await expect(conversation.getByText("not sent")).toBeHidden();
  await expect(box).toBeFocused();

  await page.route("**/rpc/pilot/save_lane*", (route) => route.abort(), { times: 1 });
  const item = lane(page).locator(".item", { has: page.getByRole("textbox", { name: /^Answer:/ }) }).first();
  await item.getByRole("textbox").fill("Only on her notebook");
  await item.getByRole("button", { name: "Try again" }).press("Enter");
  await expect(item.getByText("Not saved")).toBeHidden();
  await expect(item.locator(":focus")).toBeVisible();
});

test("the steps of a fix are reached from its banner", async ({ page }) => {
  await start(page, PROBLEM);
  await walkToFix(page);
  await banner(page).getByRole("button", { name: "Show steps" }).press("Enter");
  await expect(lane(page).locator("#fix")).toBeFocused();
});
