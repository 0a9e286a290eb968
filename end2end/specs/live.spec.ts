// The page follows its session, whatever becomes of the connection.
import { start } from "../support/session";
import { expect, hydrated, test } from "../support/test";

test("a connection that died without a word, as while the laptop slept, is made anew", async ({ page }) => {
  await start(page, "Outlook asks for the password again and again");
  let made = 0;
  await page.routeWebSocket(/\/live$/, (socket) => {
    made += 1;
    const server = socket.connectToServer();
    // The first one hears nothing any more, and is told nothing of its end.
    if (made === 1) server.onMessage(() => undefined);
  });
  await page.clock.install();
  await page.reload();
  await hydrated(page);
  // The page counts the silence from here on.
  await expect(page.getByText("Connected: changes arrive live")).toBeAttached();
  await page.clock.fastForward("00:20");
  expect(made, "somebody who is only silent is not given up").toBe(1);
  await page.clock.fastForward("00:30");
  await expect.poll(() => made).toBe(2);
});
