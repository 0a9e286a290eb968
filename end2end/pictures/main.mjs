// Pictures of every screen and state, in both themes and three widths, into end2end/screenshots; and the one of the README. Names
// of pictures make only those.
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { chromium } from "@playwright/test";
import { startModel } from "../support/model.mjs";
import { CHROMIUM, api, playConnectWise, signIn, startServer } from "../support/server.mjs";

const root = resolve(import.meta.dirname, "../..");
const folder = join(root, "end2end/screenshots");
const WIDTHS = [1440, 1280, 390];
const THEMES = ["dark", "light"];
const only = process.argv.slice(2);
const wanted = ([name]) => only.length === 0 || only.includes(name);

rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });

const server = await startServer(Number(process.env.PICTURES_PORT ?? 3240));
const empty = await startServer(Number(process.env.PICTURES_PORT ?? 3240) + 1, { demo: false });
const me = api(server);
// One more whose tickets are in ConnectWise.
const played = await playConnectWise(Number(process.env.PICTURES_PORT ?? 3240) + 3, { tickets: 60 });
const connected = await startServer(Number(process.env.PICTURES_PORT ?? 3240) + 2);
await api(connected).json("PATCH", "/accounts/me/psa", played.enter);
// And one whose answers a model writes, slowly enough to be looked at.
const model = await startModel({ rate: 8 });
Object.assign(process.env, { AI_PROVIDER: "openai", OPENAI_BASE_URL: model.url, OPENAI_MODEL_STANDARD: "pictures", OPENAI_MODEL_FAST: "pictures" });
const modelled = await startServer(Number(process.env.PICTURES_PORT ?? 3240) + 4);
const browser = await chromium.launch(CHROMIUM);

/** Answers what is open, the first option and *fail*, until a fix is suggested. */
async function walk(session) {
  for (let turn = 0; turn < 12; turn += 1) {
    const { task_lane: lane, active_fix: fix } = await me.json("GET", `/ai-sessions/${session}`);
    if (fix) return fix;
    const answers = lane.questions.filter(({ status }) => status === "open").map(({ id, options }) => ({ id, answer: options[0] ?? "Yes" }));
    const results = lane.actions.filter(({ status }) => status === "open").map(({ id }) => ({ id, result: "fail", output: "As described" }));
    await me.json("PUT", `/ai-sessions/${session}/task-lane`, { answers, results });
    await me.turn(session, "");
  }
  throw new Error("no fix within twelve turns");
}

async function session(problem, { ticket, fix, apply, outcome, resolve: closed } = {}) {
  const { id } = await me.json("POST", "/ai-sessions", ticket ? { ticket_id: ticket } : { problem });
  await me.turn(id, problem);
  if (!fix) return id;
  const { id: fixId } = await walk(id);
  const at = `/ai-sessions/${id}/suggested-fixes/${fixId}`;
  if (apply || outcome) await me.json("POST", `${at}/apply`);
  if (outcome) await me.json("PATCH", `${at}/outcome`, outcome);
  if (closed) {
    const { markdown, state_version, statements } = await me.json("POST", `/ai-sessions/${id}/resolution-note/preview`);
    const confirm_ungrounded = statements.filter(({ grounded }) => !grounded).map((statement) => statement.id);
    await me.json("POST", `/ai-sessions/${id}/resolution-note/post`, { markdown, state_version, confirm_ungrounded });
  }
  return id;
}

const worked = { outcome: "applied_success" };
const asked = await session("Outlook keeps asking for her password since this morning, webmail works");
const suggested = await session("The VPN connects, but she cannot reach the file server", { ticket: "1002", fix: true });
const applied = await session("Printer in accounts prints nothing, jobs stay in the queue", { fix: true, apply: true });
const failed = await session("Teams: nobody hears him in meetings", { fix: true, outcome: { outcome: "applied_failed" } });
const partly = await session("C: on the file server is full", { fix: true, outcome: { outcome: "applied_partial", notes: "Freed 12 GB; the log folder still grows." } });
const proven = await session("OneDrive has been syncing for two days", { fix: true, outcome: worked });
const resolved = await session("WLAN drops every ten minutes in the warehouse", { fix: true, outcome: worked, resolve: true });
const nonsense = await session("The coffee machine on the second floor makes strange noises");
const long = await session("Excel crashes when she opens the budget");
const shot = readFileSync(join(root, "public/session.png"));
const shown = await session("The dialog comes up on every start");
await me.turn(shown, "This is what she sees.", undefined, [await me.attach(shown, shot), await me.attach(shown, shot)]);
const handed = await session("RDP to the terminal server fails since the update", { fix: true, outcome: { outcome: "applied_failed", notes: "Same error after the restart." } });
{
  const { markdown, state_version, statements } = await me.json("POST", `/ai-sessions/${handed}/escalation-package/preview`);
  const confirm_ungrounded = statements.filter(({ grounded }) => !grounded).map(({ id }) => id);
  await me.json("POST", `/ai-sessions/${handed}/escalation-package/post`, { markdown, state_version, confirm_ungrounded });
}
// Text that tries to leave its place: very long words, right to left, invisible and combining characters, HTML.
const contradicted = await session("Outlook keeps asking for the password of the shared mailbox");
for (const text of ["Webmail works", "Webmail does not work"]) await me.json("POST", `/ai-sessions/${contradicted}/facts`, { text });
const hostile = await session("<b>Bold</b> <img src=x onerror=alert(1)> and \u202Ereversed\u202C text, " + "unbroken".repeat(60));
const fact = (text) => me.json("POST", `/ai-sessions/${hostile}/facts`, { text });
await fact("لا يستطيع المستخدم فتح Outlook منذ الصباح، ويظهر الخطأ 0x8004010F");
await fact("Z\u0335\u0337\u0321\u0322a\u0336\u0338\u0327lgo and\u200B zero\u200Bwidth\u200B, \u2067then to the right\u2069 <script>alert(1)</script>");
await fact(`C:\\${"a-very-long-folder-name-without-a-break".repeat(8)}`);
await fact("The log says again and again: the server could not be reached. ".repeat(30));
for (let n = 0; n < 40; n += 1) await me.turn(long, `Try ${n}: it crashed again when the pivot table was opened.`);

/** A screen: where it is, and what is done there before the picture. */
const lane = async (page) => {
  const tasks = page.getByRole("button", { name: /^Tasks/ });
  if (await tasks.isVisible()) await tasks.click();
};
const SCREENS = [
  ["home", "/"],
  ["history", "/sessions"],
  ["history-found", "/sessions?q=password+keeps"],
  ["history-empty", "/sessions?q=nothing+is+called+this"],
  ["history-error", "/sessions?from=yesterday"],
  ["history-menu", "/sessions", (page) => page.getByRole("button", { name: /^Actions for/ }).first().click()],
  ["history-rename", "/sessions", async (page) => {
    await page.getByRole("button", { name: /^Actions for/ }).first().click();
    await page.getByRole("button", { name: "Rename", exact: true }).click();
  }],
  ["start", "/pilot?new"],
  ["sessions", "/pilot"],
  ["asked", `/pilot/${asked}`],
  ["asked-lane", `/pilot/${asked}`, lane],
  ["suggested", `/pilot/${suggested}`],
  ["suggested-lane", `/pilot/${suggested}`, lane],
  ["applied", `/pilot/${applied}`],
  ["failed", `/pilot/${failed}`],
  ["partly", `/pilot/${partly}`],
  ["proven", `/pilot/${proven}`],
  ["resolve", `/pilot/${proven}`, async (page) => {
    await lane(page);
    await page.getByRole("button", { name: "Resolve", exact: true }).click();
    await page.getByRole("dialog").getByRole("button", { name: /Confirm/ }).waitFor();
  }],
  ["resolved", `/pilot/${resolved}`],
  ["escalate-asks", `/pilot/${applied}`, async (page) => {
    await lane(page);
    await page.getByRole("button", { name: "Escalate", exact: true }).click();
    await page.getByRole("dialog").waitFor();
  }],
  ["escalate", `/pilot/${failed}`, async (page) => {
    await lane(page);
    await page.getByRole("button", { name: "Escalate", exact: true }).click();
    await page.getByRole("dialog").getByRole("button", { name: /Confirm/ }).waitFor();
  }],
  ["escalated", `/pilot/${handed}`],
  ["share", `/pilot/${suggested}`, async (page) => {
    await page.getByRole("button", { name: "Share session" }).click();
    await page.getByRole("dialog").waitFor();
  }],
  ["hostile", `/pilot/${hostile}`],
  ["hostile-lane", `/pilot/${hostile}`, lane],
  ["send-failed", `/pilot/${asked}`, async (page) => {
    await page.route("**/rpc/**", (route) => route.abort());
    await page.getByRole("textbox", { name: /message/i }).fill("She also cannot open the calendar.");
    await page.keyboard.press("Enter");
    await page.getByText("not sent").waitFor();
  }],
  ["contradicted-lane", `/pilot/${contradicted}`, lane],
  ["fact-edit", `/pilot/${contradicted}`, async (page) => {
    await lane(page);
    await page.getByRole("button", { name: /^Edit/ }).first().click();
  }],
  ["rule-out", `/pilot/${asked}`, async (page) => {
    await lane(page);
    await page.getByRole("button", { name: /^Rule out/ }).first().click();
  }],
  ["partly-asked", `/pilot/${applied}`, (page) => page.getByRole("region", { name: "Suggested fix" }).getByRole("button", { name: "Partly" }).click()],
  ["link-ticket", `/pilot/${asked}`, async (page) => {
    await page.getByRole("button", { name: "Link ticket" }).click();
    await page.getByRole("searchbox", { name: "Find a ticket" }).fill("printer");
    await page.getByRole("dialog").getByRole("button", { name: /#\d+/ }).first().waitFor();
  }],
  ["menu", `/pilot/${suggested}`, (page) => page.getByRole("button", { name: "Actions for this session" }).click()],
  ["own-words", `/pilot/${asked}`, async (page) => {
    await lane(page);
    await page.getByRole("button", { name: "Resolve", exact: true }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Add in your words" }).first().click();
    await page.getByRole("textbox", { name: "Statement" }).fill("Removed the old password from the credential manager.");
  }],
  ["save-failed", `/pilot/${contradicted}`, async (page) => {
    await lane(page);
    await page.route("**/rpc/**", (route) => route.abort());
    await page.locator(".item .option").first().click();
    await page.getByText(/not saved/i).first().waitFor();
  }],
  ["offline", `/pilot/${asked}`, async (page) => {
    await page.getByRole("heading", { level: 1 }).first().waitFor();
    await page.context().setOffline(true);
    await page.getByRole("textbox", { name: /message/i }).fill("Still there?");
    await page.keyboard.press("Enter");
    await page.getByText("not sent").waitFor();
  }],
  ["loading", "/", async (page) => {
    await page.route("**/rpc/**", () => undefined);
    await page.getByRole("main").getByRole("link", { name: /Outlook|Teams|VPN/ }).first().click();
  }],
  ["loading-tickets", "/", async (page) => {
    await page.route("**/rpc/**", () => undefined);
    await page.getByRole("link", { name: "Tickets" }).first().click();
  }],
  ["nonsense", `/pilot/${nonsense}`],
  ["images", `/pilot/${shown}`],
  ["attached", `/pilot/${asked}`, async (page) => {
    const file = (name, buffer) => ({ name, mimeType: "image/png", buffer });
    await page.locator("input[type=file]").setInputFiles([file("prompt.png", shot), file("script.png", Buffer.from("#!/bin/sh"))]);
    await page.getByRole("button", { name: "Remove script.png" }).waitFor();
    await page.locator("[data-state=failed]").waitFor();
  }],
  ["long", `/pilot/${long}`],
  ["note", `/pilot/${asked}`, async (page) => {
    await lane(page);
    await page.getByRole("button", { name: "Add note" }).click();
  }],
  ["help", `/pilot/${asked}`, async (page) => {
    await page.keyboard.press("?");
    await page.getByRole("dialog").waitFor();
  }],
  ["palette", `/pilot/${applied}`, async (page) => {
    await page.keyboard.press("Control+k");
    await page.getByRole("option", { name: "Show script" }).waitFor();
    await page.getByRole("group", { name: "Recent sessions" }).getByRole("option").first().waitFor();
  }],
  ["palette-typed", `/pilot/${applied}`, async (page) => {
    await page.keyboard.press("Control+k");
    await page.getByRole("combobox").fill("print");
    await page.getByRole("group", { name: "Tickets" }).getByRole("option").first().waitFor();
  }],
  ["palette-empty", "/settings", async (page) => {
    await page.keyboard.press("Control+k");
    await page.getByRole("combobox").fill("nothing is called this");
    await page.getByText("Nothing fits.").waitFor();
  }],
  ["script", `/pilot/${applied}?script`, (page) => page.getByRole("region", { name: "Script" }).waitFor()],
  ["no-session", "/pilot/01890000-0000-7000-8000-000000000000"],
  ["search-empty", "/pilot", async (page) => {
    await page.getByRole("searchbox").first().fill("nothing is called this");
    await page.getByText("No session fits").waitFor();
  }],
  ["tickets", "/tickets"],
  ["tickets-empty", "/tickets?q=nothing+is+called+this"],
  ["ticket", "/tickets/1002"],
  ["ticket-worked", "/tickets/1003"],
  ["ticket-new", "/tickets", async (page) => {
    await page.getByRole("button", { name: "New ticket" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Open ticket" }).waitFor();
  }],
  ["tickets-assignee", "/tickets", async (page) => {
    await page.getByRole("button", { name: /^Assignee:/ }).click();
    await page.getByRole("textbox", { name: "Find: Assignee" }).waitFor();
  }],
  ["settings", "/settings"],
  ["psa-none", "/account/psa"],
  ["ai-settings", "/account/ai"],
  ["ai-usage", "/account/usage"],
  ["security", "/account/security"],
  ["not-found", "/nothing-here"],
  ["api", "/api/v1/docs"],
].filter(wanted);

/** The same where tickets are in ConnectWise. */
const CONNECTED = [
  ["psa", "/account/psa", (page) => page.getByText("Anna Smith").first().waitFor(), 3200],
  ["psa-tickets", "/tickets"],
  ["psa-ticket", "/tickets/100001"],
].filter(wanted);

/** A session of a ticket in ConnectWise, with the note open and words of one's own in it. */
async function noteOf(page, ticket, words) {
  const { id } = await api(connected).json("POST", "/ai-sessions", { ticket_id: String(ticket) });
  await page.goto(`/pilot/${id}`);
  await page.locator("html[data-hydrated]").waitFor();
  await page.getByRole("button", { name: "Send", exact: true }).waitFor();
  await lane(page);
  await page.getByRole("button", { name: "Resolve", exact: true }).click();
  const note = page.getByRole("dialog", { name: "Resolution note" });
  await note.getByRole("button", { name: "Add in your words" }).first().click();
  await note.getByRole("textbox", { name: "Statement" }).fill(words);
  return { note, id };
}
let ticket = 100002;
const POSTED = [
  ["note-posted", async (page) => {
    const { note } = await noteOf(page, ticket++, "Restarted her computer.");
    await note.getByRole("button", { name: /Confirm/ }).click();
    await note.getByRole("button", { name: "Add time" }).waitFor();
  }],
  ["note-refused", async (page) => {
    const { note } = await noteOf(page, ticket++, `Restarted her computer. ${"x".repeat(61_000)}`);
    await note.getByRole("button", { name: /Confirm/ }).click();
    await note.getByRole("alert").waitFor();
  }],
  ["note-refused-bar", async (page) => {
    const { note, id } = await noteOf(page, ticket++, `Restarted her computer. ${"x".repeat(61_000)}`);
    await note.getByRole("button", { name: /Confirm/ }).click();
    await note.getByRole("alert").waitFor();
    await page.goto(`/pilot/${id}`);
    await page.locator("html[data-hydrated]").waitFor();
  }],
  ["note-closed-elsewhere", async (page) => {
    const { note, id } = await noteOf(page, ticket++, "Restarted her computer.");
    const other = api(connected);
    const { markdown, state_version, statements } = await other.json("POST", `/ai-sessions/${id}/resolution-note/preview`);
    const confirm_ungrounded = statements.filter(({ grounded }) => !grounded).map((statement) => statement.id);
    await other.json("POST", `/ai-sessions/${id}/resolution-note/post`, { markdown, state_version, confirm_ungrounded });
    await note.getByRole("alert").waitFor();
  }],
].filter(wanted);

/** While a model writes. */
const MODELLED = [
  ["streaming", async (page) => {
    model.set({ rate: 8, script: "Two things can make Outlook ask **again and again**: a password that is still kept by Windows, and a profile that points to the old server. `cmdkey /list` shows what Windows keeps. I would look at that first, because webmail works and so the account itself is fine.".split(/(?<= )/) });
    await page.goto("/pilot?new");
    await page.locator("html[data-hydrated]").waitFor();
    await page.getByRole("textbox", { name: "What is wrong?" }).or(page.getByRole("region", { name: "New session" }).getByRole("textbox")).first().fill("Outlook asks for the password again and again");
    await page.keyboard.press("Enter");
    await page.getByText("a password that").waitFor();
  }],
].filter(wanted);

async function shoot(context, theme, width, name, path, act, height = width < 500 ? 844 : 900) {
  const page = await context.newPage();
  page.on("pageerror", (error) => console.log(`${name} at ${width}: ${error}`));
  page.setDefaultTimeout(10_000);
  await page.setViewportSize({ width, height });
  if (path) await page.goto(path);
  if (path && !path.startsWith("/api")) await page.locator("html[data-hydrated]").waitFor();
  await act?.(page);
  await page.waitForTimeout(350);
  await page.screenshot({ path: join(folder, `${name}-${width}-${theme}.png`) });
  await page.context().setOffline(false);
  await page.close();
}

try {
  for (const theme of THEMES) {
    const cookie = (at) => [{ name: "fp_theme", value: theme, url: at }];
    const signedIn = await browser.newContext({ baseURL: server.base });
    await signedIn.addCookies(cookie(server.base));
    await signIn(await signedIn.newPage());
    const signedOut = await browser.newContext({ baseURL: server.base });
    await signedOut.addCookies(cookie(server.base));
    const first = await browser.newContext({ baseURL: empty.base });
    await first.addCookies(cookie(empty.base));
    const abroad = await browser.newContext({ baseURL: connected.base });
    await abroad.addCookies(cookie(connected.base));
    await signIn(await abroad.newPage());
    const written = await browser.newContext({ baseURL: modelled.base });
    await written.addCookies(cookie(modelled.base));
    await signIn(await written.newPage());
    for (const width of WIDTHS) {
      for (const [name, path, act, height] of CONNECTED) {
        await shoot(abroad, theme, width, name, path, act, height).catch((error) => console.log(`${name} at ${width}: ${error.message}`));
      }
      for (const [context, screens] of [[abroad, POSTED], [written, MODELLED]]) {
        for (const [name, act] of screens) {
          await shoot(context, theme, width, name, undefined, async (page) => {
            await page.goto("/settings");
            await act(page);
          }).catch((error) => console.log(`${name} at ${width}: ${error.message}`));
        }
      }
      for (const [name, path, act, height] of SCREENS) {
        await shoot(signedIn, theme, width, name, path, act, height).catch((error) => console.log(`${name} at ${width}: ${error.message}`));
      }
      if (only.length > 0) continue;
      await shoot(signedOut, theme, width, "login", "/login?why=session_expired_idle");
      await shoot(first, theme, width, "setup", "/setup");
    }
  }
  if (only.length === 0) {
    const context = await browser.newContext({ baseURL: server.base, viewport: { width: 1280, height: 800 } });
    await signIn(await context.newPage());
    const page = await context.newPage();
    await page.goto(`/pilot/${suggested}`);
    await page.locator("html[data-hydrated]").waitFor();
    await page.waitForTimeout(350);
    await page.screenshot({ path: join(root, "public/session.png") });
  }
  console.log(`Pictures are in ${folder}`);
} finally {
  await browser.close();
  await Promise.all([server.stop(), empty.stop(), connected.stop(), played.stop(), modelled.stop(), model.stop()]);
}
