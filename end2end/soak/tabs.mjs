// One session in ten tabs, over two server processes on one database: what one writes, all of them show, once and in order.
import { chromium } from "@playwright/test";
import { CHROMIUM, api, pause, percentile, report, secondNode, signIn, startServer } from "../support/server.mjs";

const TABS = 10;
const NOTES = 30;
const PORT = Number(process.env.SOAK_PORT ?? 3230);

const first = await startServer(PORT);
const second = await secondNode(first, PORT + 1);
const browser = await chromium.launch(CHROMIUM);
let wrong = 0;
try {
  const people = [first, second].map((node) => api({ base: node.base, token: first.token }));
  const { id } = await people[0].json("POST", "/ai-sessions", { problem: "Outlook asks for the password again and again" });
  await people[0].turn(id, "Outlook asks for the password again and again, webmail works");
  const tabs = [];
  for (const node of [first, second]) {
    const context = await browser.newContext({ baseURL: node.base });
    await signIn(await context.newPage());
    for (let n = 0; n < TABS / 2; n += 1) {
      const page = await context.newPage();
      await page.goto(`/pilot/${id}`);
      await page.waitForSelector("html[data-hydrated]");
      tabs.push(page);
    }
  }
  await pause(1000);
  // Each tab says when it shows each note; all clocks are this machine's.
  for (const tab of tabs) {
    await tab.evaluate(() => {
      window.shown = {};
      const look = () => {
        for (const text of document.querySelectorAll(".fact__text")) {
          const words = /Note \d+/.exec(text.textContent)?.[0];
          if (words && !(words in window.shown)) window.shown[words] = Date.now();
        }
      };
      new MutationObserver(look).observe(document.querySelector(".lane"), { childList: true, subtree: true, characterData: true });
    });
  }
  const stored = [];
  for (let n = 0; n < NOTES; n += 1) {
    await people[n % 2].json("POST", `/ai-sessions/${id}/facts`, { text: `Note ${n}` });
    stored.push(Date.now());
    await pause(100);
  }
  // A turn on the second node, which the tabs of the first follow too.
  await people[1].turn(id, "It asks in Word as well");
  await pause(1500);
  const took = [];
  for (const [number, tab] of tabs.entries()) {
    const shown = await tab.evaluate(() => window.shown);
    const facts = await tab.locator(".fact__text").allTextContents();
    const notes = facts.map((text) => /Note \d+/.exec(text)?.[0]).filter(Boolean);
    const expected = Array.from({ length: NOTES }, (_, n) => `Note ${n}`);
    if (JSON.stringify(notes) !== JSON.stringify(expected)) {
      wrong += 1;
      console.log(`tab ${number} shows ${notes.length} notes: ${notes.join(", ")}`);
    }
    const said = await tab.locator(".message .prose--plain", { hasText: "It asks in Word as well" }).count();
    if (said !== 1) {
      wrong += 1;
      console.log(`tab ${number} shows the last message ${said} times`);
    }
    for (const [words, at] of Object.entries(shown)) took.push(Math.max(0, at - stored[Number(words.slice(5))]));
  }
  report(`note shown in each of ${TABS} tabs over two nodes (${took.length}), p95`, percentile(took, 95), "ms", 300);
  console.log(wrong === 0 ? "Every tab shows everything, once and in order." : `${wrong} tabs are wrong.`);
} finally {
  await browser.close();
  await second.stop();
  await first.stop();
}
process.exitCode = wrong === 0 ? 0 : 1;
