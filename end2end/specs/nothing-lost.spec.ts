// What was typed is not lost, whatever becomes of the call that carries it.
import { start } from "../support/session";
import { expect, hydrated, test } from "../support/test";

const PROBLEM = "Outlook asks for the password again and again";

test("a message that could not be sent stays, and can be sent again", async ({ page }) => {
  await start(page, PROBLEM);
  const [box, conversation] = [page.getByRole("textbox", { name: "Message" }), page.getByRole("region", { name: "Conversation" })];
  await page.route("**/rpc/pilot/send_message*", (route) => route.abort());
  await box.fill("It began on Monday.");
  await box.press("Enter");
  await expect(conversation.getByText("not sent")).toBeVisible();
  await page.unroute("**/rpc/pilot/send_message*");
  await conversation.getByRole("button", { name: "Try again" }).click();
  await expect(conversation.getByText("not sent")).toBeHidden();
  await expect(conversation.getByText("It began on Monday.", { exact: true })).toHaveCount(1);
});

test("sending something else puts what could not be sent back into the message box", async ({ page }) => {
  await start(page, PROBLEM);
  const box = page.getByRole("textbox", { name: "Message" });
  await page.route("**/rpc/pilot/send_message*", (route) => route.abort(), { times: 1 });
  await box.fill("It began on Monday.");
  await box.press("Enter");
  await expect(page.getByText("not sent")).toBeVisible();
  await box.fill("Webmail works.");
  await box.press("Enter");
  await expect(page.getByRole("region", { name: "Conversation" }).getByText("Webmail works.")).toBeVisible();
  await expect(box).toHaveValue("It began on Monday.");
});

test("what was on its way when the page was left is back after a reload", async ({ page }) => {
  await start(page, PROBLEM);
  const box = page.getByRole("textbox", { name: "Message" });
  await page.route("**/rpc/pilot/send_message*", (route) => route.abort());
  await box.fill("It began on Monday.");
  await box.press("Enter");
  await expect(page.getByText("not sent")).toBeVisible();
  await page.reload();
  await hydrated(page);
  await expect(box).toHaveValue("It began on Monday.");
});

test("an answer to a question that is gone ends up in the message box", async ({ page }) => {
  await start(page, PROBLEM);
  const refusal = { error: "invalid", errors: [{ field: "answers[0].id", message: "There is no such question in this session's lane (any more)." }] };
  await page.route(
    "**/rpc/pilot/save_lane*",
    (route) => route.fulfill({ status: 422, headers: { serverfnerror: "true" }, json: refusal }),
    { times: 1 },
  );
  await page.getByRole("textbox", { name: /^Answer:/ }).first().fill("Only on her notebook");
  await expect(page.getByRole("textbox", { name: "Message" })).toHaveValue("Only on her notebook");
});

test("an answer that could not be saved says so, and is saved when one tries again", async ({ page }) => {
  await start(page, PROBLEM);
  const lane = page.getByRole("complementary", { name: "Task lane" });
  await page.route("**/rpc/pilot/save_lane*", (route) => route.abort(), { times: 1 });
  await lane.getByRole("button", { name: "Yes, the web works" }).click();
  await expect(lane.getByText("Not saved")).toBeVisible();
  await lane.getByRole("button", { name: "Try again" }).click();
  await expect(lane.getByText("Saved", { exact: true })).toBeVisible();
  await page.reload();
  await expect(lane.getByRole("button", { name: "Yes, the web works" })).toHaveAttribute("aria-pressed", "true");
});

test("an answer that is too long says so, and the other answers are saved all the same", async ({ page }) => {
  await start(page, PROBLEM);
  const lane = page.getByRole("complementary", { name: "Task lane" });
  const questions = lane.locator(".item:not(details .item)", { has: page.getByRole("textbox", { name: /^Answer:/ }) });
  await expect(questions.nth(1)).toBeVisible();
  const saves = page.waitForResponse((response) => response.url().includes("/rpc/pilot/save_lane") && response.status() === 200);
  await questions.nth(0).getByRole("textbox").fill("x".repeat(10_001));
  await questions.nth(1).locator(".option").first().click();
  await saves;
  await expect(questions.nth(0)).toContainText("Not saved");
  await expect(questions.nth(1)).toContainText("Saved");
  await expect(questions.nth(0).getByRole("textbox")).toHaveValue(/^x{10001}$/);
});
