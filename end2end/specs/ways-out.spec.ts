// The ways out of a session, and what people decide beside the AI.
import { expect, expectAccessible, hydrated, test } from "../support/test";
import { openLane, start, walkToFix } from "../support/session";

const lane = (page) => page.getByRole("complementary", { name: "Task lane" });

test("an applied fix without an outcome is asked about before an escalation, and a failed one goes into the package", async ({ page }) => {
  await start(page, "Outlook asks for the password again and again, webmail works");
  await walkToFix(page);
  await page.getByRole("region", { name: "Suggested fix" }).first().getByRole("button", { name: "Apply" }).click();
  await lane(page).getByRole("button", { name: "Escalate" }).click();
  const question = page.getByRole("dialog", { name: "What became of the fix?" });
  await expect(question).toContainText("nobody has said whether it worked");
  await expectAccessible(page);
  await question.getByRole("button", { name: "It failed" }).click();

  const document = page.getByRole("dialog", { name: "Escalation package" });
  for (const heading of ["Problem", "What we've confirmed", "What we've tried", "Current hypothesis", "Suggested next steps"]) {
    await expect(document.getByRole("heading", { name: heading, exact: true })).toBeVisible();
  }
  await expect(document).toContainText("it did not work");
  await expectAccessible(page);
  await document.getByRole("button", { name: /Confirm/ }).click();
  await expect(document).toContainText("The session is escalated");
  await document.getByRole("button", { name: "Done" }).click();
  await expect(page.getByRole("button", { name: "Reopen" })).toBeVisible();
});

test("an escalation with nothing tried asks for it", async ({ page }) => {
  await start(page, "Outlook asks for the password again and again");
  await lane(page).getByRole("button", { name: "Escalate" }).click();
  const document = page.getByRole("dialog", { name: "Escalation package" });
  const post = document.getByRole("button", { name: /Confirm/ });
  await expect(document).toContainText("Say what you tried, or that nothing was tried.");
  await expect(post).toBeDisabled();
  const asked = document.locator(".statement", { hasText: "Ask: " }).first();
  await expect(asked.getByRole("link", { name: /^question \d/ })).toBeVisible();
  await document.getByRole("button", { name: "Nothing was tried" }).click();
  await expect(document).toContainText("Nothing has been tried yet.");
  await expect(post).toBeEnabled();
  await post.click();
  await expect(document).toContainText("The session is escalated");
});

test("a fix that was turned down is not told as tried, and is found among the earlier ones", async ({ page }) => {
  await start(page, "Outlook asks for the password again and again, webmail works");
  await walkToFix(page);
  await page.getByRole("region", { name: "Suggested fix" }).first().getByRole("button", { name: "Dismiss" }).click();
  await expect(lane(page).getByText("1 earlier")).toBeVisible();
  await lane(page).getByRole("button", { name: "Escalate" }).click();
  const document = page.getByRole("dialog", { name: "Escalation package" });
  const turnedDown = document.locator(".statement", { hasText: "the suggestion was turned down" });
  await expect(turnedDown).toBeVisible();
  const next = document.locator("section", { has: page.getByRole("heading", { name: "Suggested next steps" }) });
  await expect(next).toContainText("the suggestion was turned down");
  await turnedDown.getByRole("link", { name: /^fix/ }).click();
  await expect(document).toBeHidden();
  await expect(lane(page).locator(".fix-history [data-flash]")).toBeVisible();
});

test("what goes wrong while a dialog is open is read in it", async ({ page }) => {
  await start(page, "Outlook asks for the password again and again, webmail works");
  await walkToFix(page);
  await page.getByRole("region", { name: "Suggested fix" }).first().getByRole("button", { name: "Apply" }).click();
  await lane(page).getByRole("button", { name: "Escalate" }).click();
  const question = page.getByRole("dialog", { name: "What became of the fix?" });
  await page.route("**/rpc/pilot/set_outcome*", (route) => route.abort());
  await question.getByRole("button", { name: "It failed" }).click();
  const said = question.locator(".toast--danger");
  await expect(said).toBeVisible();
  await said.getByRole("button", { name: "Close message" }).click();
  await expect(said).toBeHidden();
  await expect(question).toBeVisible();
});

test("an edit of a statement ends with Done, and with Ctrl+Enter", async ({ page }) => {
  await start(page, "Outlook asks for the password again and again");
  await lane(page).getByRole("button", { name: "Resolve", exact: true }).click();
  const note = page.getByRole("dialog", { name: "Resolution note" });
  const statement = note.locator(".statement").first();
  await statement.getByRole("button", { name: "Edit statement" }).click();
  await note.getByRole("textbox", { name: "Statement" }).fill("Outlook asked for the password.");
  await statement.getByRole("button", { name: "Done" }).click();
  await expect(note.getByRole("textbox", { name: "Statement" })).toBeHidden();
  await expect(statement).toContainText("Outlook asked for the password.");
  await expect(statement.getByRole("button", { name: "Edit statement" })).toBeFocused();
  await page.keyboard.press("Enter");
  await note.getByRole("textbox", { name: "Statement" }).fill("It asked again and again.");
  await page.keyboard.press("Control+Enter");
  await expect(note.getByRole("textbox", { name: "Statement" })).toBeHidden();
  await expect(statement).toContainText("It asked again and again.");
});

test("a statement in one's own words is posted with the note", async ({ page }) => {
  await start(page, "Outlook asks for the password again and again");
  await lane(page).getByRole("button", { name: "Resolve", exact: true }).click();
  const note = page.getByRole("dialog", { name: "Resolution note" });
  const section = note.locator("section", { has: page.getByRole("heading", { name: "Resolution", exact: true }) });
  await expect(section).toContainText("No action");
  await section.getByRole("button", { name: "Add in your words" }).click();
  await section.getByRole("textbox", { name: "Statement" }).fill("Restarted her computer.");
  await note.getByRole("button", { name: /Confirm/ }).click();
  await expect(note).toContainText(/resolved/i);
  await note.getByRole("button", { name: "Done" }).click();
  const posted = page.getByText("Resolution note", { exact: true });
  await posted.click();
  await expect(page.getByText("Restarted her computer.")).toBeVisible();
});

test("what a session was closed with is readable after it was reopened, and after the next closing", async ({ page }) => {
  await start(page, "Outlook asks for the password again and again");
  const close = async (words: string) => {
    await lane(page).getByRole("button", { name: "Resolve", exact: true }).click();
    const note = page.getByRole("dialog", { name: "Resolution note" });
    const section = note.locator("section", { has: page.getByRole("heading", { name: "Resolution", exact: true }) });
    await section.getByRole("button", { name: "Add in your words" }).click();
    await section.getByRole("textbox", { name: "Statement" }).fill(words);
    await note.getByRole("button", { name: /Confirm/ }).click();
    await expect(note).toContainText("The session is resolved");
    await note.getByRole("button", { name: "Done" }).click();
    await page.getByRole("button", { name: "Reopen" }).click();
    await expect(page.getByRole("textbox", { name: "Message" })).toBeVisible();
  };
  const closings = page.getByRole("group", { name: "Earlier closings" });
  await close("Restarted her computer.");
  await page.getByText("Earlier closings").click();
  await expect(closings.getByRole("article", { name: "Resolution note" })).toContainText("kept here: no ticket was linked, by you");
  await expect(closings).toContainText("Restarted her computer.");
  await expectAccessible(page);
  await page.reload();
  await hydrated(page);
  await close("Replaced her computer.");
  await expect(closings).toBeHidden();
  await page.getByText("Earlier closings").click();
  await expect(closings.getByRole("article")).toHaveText([/Replaced her computer\./, /Restarted her computer\./]);
});

test("a cause is ruled out with a reason, which becomes a note, and reopened", async ({ page }) => {
  await start(page, "Outlook asks for the password again and again, webmail works");
  const cause = lane(page).locator(".hypothesis", { hasText: "An old password saved in Windows" });
  await cause.getByRole("button", { name: /^Rule out/ }).click();
  await cause.getByRole("textbox", { name: "Ruled out because" }).fill("She has no saved password.");
  await cause.getByRole("textbox", { name: "Ruled out because" }).press("Control+Enter");
  await expect(cause).toContainText("ruled out by you", { ignoreCase: true });
  await expect(lane(page).locator(".fact", { hasText: "She has no saved password." })).toBeVisible();
  await cause.getByRole("button", { name: /^Reopen/ }).click();
  await expect(lane(page).locator(".fact", { hasText: "She has no saved password." })).toBeHidden();
});

test("facts that contradict each other are pointed out", async ({ page }) => {
  await start(page, "Outlook asks for the password again and again");
  for (const words of ["Webmail works", "Webmail does not work"]) {
    await lane(page).getByRole("button", { name: "Add note" }).click();
    await lane(page).getByRole("textbox", { name: "Note" }).fill(words);
    await lane(page).getByRole("textbox", { name: "Note" }).press("Control+Enter");
  }
  await expect(lane(page).getByText("contradicts")).toHaveCount(2);
});

test("the share dialog says who sees the session", async ({ page }) => {
  await start(page, "Outlook asks for the password again and again");
  await page.getByRole("button", { name: "Share session" }).click();
  const dialog = page.getByRole("dialog", { name: "Share session" });
  await expect(dialog).toContainText("Only you see this session");
  await expectAccessible(page);
  await page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
  await expect(page.getByRole("button", { name: "Share session" })).toBeFocused();
});

test("a source of a statement tells what it says on focus and leads there", async ({ page }) => {
  await start(page, "Outlook asks for the password again and again");
  await lane(page).getByRole("button", { name: "Yes, the web works" }).click();
  await lane(page).getByRole("button", { name: /Send .*answer/ }).click();
  await expect(lane(page).locator(".fact").first()).toContainText("Yes, the web works");
  await openLane(page);
  await lane(page).getByRole("button", { name: "Resolve", exact: true }).click();
  const note = page.getByRole("dialog", { name: "Resolution note" });
  const source = note.getByRole("link", { name: /^fact/ }).first();
  await source.focus();
  const said = await source.evaluate((link) => getComputedStyle(link, "::before").content);
  expect(said).toContain("web");
  await source.press("Enter");
  await expect(note).toBeHidden();
  await expect(page.locator(".fact[data-flash], .fact:target").first()).toBeVisible();
});

test("a source that is older than what is loaded is loaded and gone to, and a failure is said", async ({ page, baseURL }) => {
  await start(page, "Outlook asks for the password again and again");
  const messages = `/api/v1/ai-sessions/${page.url().split("/").at(-1)}/messages`;
  for (let turn = 0; turn < 26; turn += 1) {
    const answer = await page.request.post(messages, { data: { text: `It asked again, time ${turn}.` }, headers: { origin: baseURL! } });
    expect(await answer.text()).toContain("event: turn_done");
  }
  await page.reload();
  await hydrated(page);
  const conversation = page.getByRole("region", { name: "Conversation" });
  const first = conversation.locator(".message").filter({ has: page.getByText("Outlook asks for the password again and again", { exact: true }) }).first();
  await expect(conversation.getByText("It asked again, time 25.")).toBeVisible();
  await expect(first).toBeHidden();
  const note = page.getByRole("dialog", { name: "Resolution note" });
  const follow = async () => {
    await lane(page).getByRole("button", { name: "Resolve", exact: true }).click();
    await note.getByRole("link", { name: /^message/ }).first().press("Enter");
    await expect(note).toBeHidden();
  };

  await page.route("**/rpc/pilot/older_messages*", (route) => route.abort());
  await follow();
  await expect(page.getByText("The server cannot be reached.").first()).toBeVisible();
  await expect(first).toBeHidden();

  await page.unroute("**/rpc/pilot/older_messages*");
  await follow();
  await expect(first).toBeFocused();
  await expect(first).toBeInViewport();
});
