// The task lane as a drawer, and the ways from a fact to where it comes from.
import { openLane, start } from "../support/session";
import { expect, test } from "../support/test";

const PROBLEM = "Outlook asks for the password again and again";

test.describe("on a phone", () => {
  test.use({ viewport: { width: 390, height: 800 } });

  test("the note can be opened from the drawer, put away, and opened again", async ({ page }) => {
    await start(page, PROBLEM);
    const lane = page.getByRole("complementary", { name: "Task lane" });
    const note = page.getByRole("dialog", { name: "Resolution note" });
    for (let time = 0; time < 2; time += 1) {
      await openLane(page);
      await lane.getByRole("button", { name: "Resolve", exact: true }).click();
      await note.getByRole("button", { name: "Close" }).first().click();
      await expect(note).toBeHidden();
      await page.keyboard.press("Escape");
    }
  });
});

test("what can be done with a fact rests while it is edited, and is about its new words after", async ({ page }) => {
  await start(page, PROBLEM);
  const lane = page.getByRole("complementary", { name: "Task lane" });
  await lane.getByRole("button", { name: "Add note" }).click();
  await page.keyboard.type("Since Monday.");
  await page.keyboard.press("Control+Enter");
  await lane.locator(".fact", { hasText: "Since Monday." }).hover();
  await lane.getByRole("button", { name: "Edit: Since Monday." }).click();
  await expect(lane.getByRole("textbox", { name: "Edit fact" })).toBeFocused();
  await expect(lane.getByRole("button", { name: "Remove: Since Monday." })).toBeHidden();
  await page.keyboard.press("End");
  await page.keyboard.type(" Or Sunday.");
  await page.keyboard.press("Control+Enter");
  await expect(lane.getByRole("button", { name: "Edit: Since Monday. Or Sunday." })).toBeAttached();
  await expect(lane.getByRole("button", { name: "Remove: Since Monday. Or Sunday." })).toBeAttached();
});

test("a fact leads to the answer it comes from, also where that is folded away", async ({ page }) => {
  await start(page, PROBLEM);
  const lane = page.getByRole("complementary", { name: "Task lane" });
  await lane.getByRole("button", { name: "Yes, the web works" }).click();
  await lane.getByRole("button", { name: /Send .*answer/ }).click();
  await expect(page.getByRole("button", { name: "Send", exact: true })).toBeVisible();
  const chip = lane.locator(".fact").getByRole("link", { name: /^answer \d/ }).first();
  await expect(chip).toBeVisible();
  await chip.click();
  const answer = lane.locator(".item--done").filter({ hasText: "Yes, the web works" });
  await expect(answer).toBeVisible();
  await expect(answer).toBeFocused();
});

test("output that was pasted waits for a result, and the lane says so", async ({ page }) => {
  await start(page, PROBLEM);
  const lane = page.getByRole("complementary", { name: "Task lane" });
  await expect(lane.getByText("No check is open.")).toBeVisible();
  await lane.getByRole("button", { name: "Not sure" }).first().click();
  await lane.getByRole("button", { name: /Send .*answer/ }).click();
  await expect(page.getByRole("button", { name: "Send", exact: true })).toBeVisible();
  await lane.getByRole("button", { name: "Paste output" }).first().click();
  const output = lane.getByRole("textbox", { name: /^Output:/ });
  const saved = page.waitForResponse((response) => response.url().includes("/rpc/pilot/save_lane"));
  await output.fill("The newest sign-in has the code 50126.");
  await saved;
  await expect(output).toHaveAccessibleDescription("Choose Pass or Fail to send it.");
  await lane.locator(".item", { has: page.getByRole("textbox", { name: /^Output:/ }) }).getByRole("button", { name: "Fail", exact: true }).click();
  await expect(output).toHaveAccessibleDescription("");
});

test("a question that was skipped is not told as answered", async ({ page }) => {
  await start(page, PROBLEM);
  const lane = page.getByRole("complementary", { name: "Task lane" });
  await lane.locator(".item").first().getByRole("button", { name: "Skip", exact: true }).click();
  await lane.getByRole("button", { name: /Send .*answer/ }).click();
  await expect(page.getByRole("region", { name: "Conversation" }).getByText("Skipped 1 question.")).toBeVisible();
});

test("a fact that a colleague changed meanwhile is not overwritten unseen", async ({ page, baseURL }) => {
  await start(page, PROBLEM);
  const lane = page.getByRole("complementary", { name: "Task lane" });
  await lane.getByRole("button", { name: "Add note" }).click();
  await lane.getByRole("textbox", { name: "Note" }).fill("Only her computer.");
  await lane.getByRole("textbox", { name: "Note" }).press("Control+Enter");
  const fact = lane.locator(".fact").first();
  await fact.hover();
  await fact.getByRole("button", { name: /^Edit/ }).click();
  const field = fact.getByRole("textbox", { name: "Edit fact" });
  await field.fill("Only her laptop.");
  const session = `/api/v1/ai-sessions/${page.url().split("/").at(-1)}`;
  const [known] = await (await page.request.get(`${session}/facts`)).json();
  await page.request.patch(`${session}/facts/${known.id}`, { data: { text: "Both computers." }, headers: { origin: baseURL! } });
  await field.press("Control+Enter");
  await expect(page.locator(".toast", { hasText: "changed this fact to “Both computers.”" })).toBeVisible();
  await expect(field).toHaveValue("Only her laptop.");
  await expect(async () => {
    await field.press("Control+Enter");
    await expect(field).toBeHidden({ timeout: 1000 });
  }).toPass();
  await expect(fact).toContainText("Only her laptop.");
});
