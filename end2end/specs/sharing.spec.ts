// Sessions that a colleague shares: what one may do with them, and the way off them.
import { execFileSync } from "node:child_process";
import { resolve } from "node:path";
import type { Page } from "@playwright/test";
import { expect, expectAccessible, hydrated, test } from "../support/test";

let token = "";

test.beforeAll(() => {
  const binary = `${process.env.CARGO_TARGET_DIR ?? resolve("../target")}/release/flowpilot`;
  const env = { ...process.env, FLOWPILOT_DATA_DIR: `/tmp/flowpilot-e2e-${process.env.E2E_PORT ?? 3210}` };
  token = execFileSync(binary, ["token", "create", "--user", "mo@flowpilot.local"], { env }).toString().trim();
});

/** A session of Mo's that is shared with who looks; its title and id. */
async function shared(baseURL: string) {
  const post = async (path: string, body: object) => {
    const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
    const answer = await fetch(`${baseURL}/api/v1${path}`, { method: "POST", headers, body: JSON.stringify(body) });
    expect(answer.status).toBe(201);
    return answer.json();
  };
  const title = `Kyocera ${Math.random().toString(36).slice(2, 10)}`;
  const { id } = await post("/ai-sessions", { problem: title });
  await post(`/ai-sessions/${id}/shares`, { email: "demo@flowpilot.local" });
  return { title, id: id as string };
}

const question = (page: Page) => page.getByRole("dialog", { name: "Leave session" });

test("somebody with whom a session is shared leaves it, is asked first, and is led to the sessions", async ({ page, baseURL }) => {
  const { title, id } = await shared(baseURL!);
  await page.goto(`/pilot/${id}`);
  await hydrated(page);
  const menu = page.locator(".chat__head").getByRole("button", { name: "Actions for this session" });
  const leave = page.locator(".chat__head").getByRole("button", { name: "Leave session", exact: true });
  await menu.click();
  await leave.click();
  await expect(question(page)).toContainText(`Leave “${title}”?`);
  await expectAccessible(page);
  await page.keyboard.press("Escape");
  await expect(question(page)).toBeHidden();
  await expect(menu).toBeFocused();

  await menu.click();
  await leave.click();
  await question(page).getByRole("button", { name: "Leave session" }).click();
  await expect(page).toHaveURL(/\/sessions$/);
  await expect(page.getByText(`You left “${title}”.`)).toBeVisible();
  await expect(page.locator(".sessions").getByText(title)).toHaveCount(0);
  expect((await page.request.get(`/api/v1/ai-sessions/${id}`)).status()).toBe(404);
});

test("a shared session is left from the list, and one's own cannot be", async ({ page, baseURL }) => {
  const { title } = await shared(baseURL!);
  const own = { data: { problem: `${title} mine` }, headers: { origin: baseURL! } };
  expect((await page.request.post("/api/v1/ai-sessions", own)).status()).toBe(201);
  await page.goto(`/sessions?q=${encodeURIComponent(title)}`);
  await hydrated(page);
  const actions = (name: string) => page.getByRole("button", { name: `Actions for “${name}”` });
  const leave = page.getByRole("button", { name: "Leave session", exact: true });
  await actions(`${title} mine`).click();
  await expect(page.getByRole("button", { name: "Rename", exact: true })).toBeVisible();
  await expect(leave).toBeHidden();
  await page.keyboard.press("Escape");
  await actions(title).click();
  await leave.click();
  await question(page).getByRole("button", { name: "Leave session" }).click();
  await expect(actions(title)).toBeHidden();
  await expect(actions(`${title} mine`)).toBeVisible();
});
