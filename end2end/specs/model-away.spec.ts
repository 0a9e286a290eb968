// A model that cannot answer keeps nobody from closing a session, and is not asked again each time that one looks.
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Page } from "@playwright/test";
import { signIn, startServer } from "../support/server.mjs";
import { start } from "../support/session";
import { expect, expectAccessible, test } from "../support/test";

const PORT = Number(process.env.E2E_PORT ?? 3210) + 20;
const NOTE = JSON.stringify({ statements: [{ section: "Problem", text: "In the model's words.", sources: [] }] });

test.use({ baseURL: `http://127.0.0.1:${PORT}`, storageState: { cookies: [], origins: [] } });

let server: Awaited<ReturnType<typeof startServer>>;
let model: Server;
let asked = 0;
let works = false;

test.beforeAll(async () => {
  model = createServer((request, response) => {
    request.resume();
    request.on("end", () => {
      asked += 1;
      if (!works) {
        response.writeHead(401, { "content-type": "application/json" });
        return response.end(JSON.stringify({ error: { message: "Incorrect API key provided", code: "invalid_api_key" } }));
      }
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write(`data: ${JSON.stringify({ choices: [{ index: 0, delta: { content: NOTE }, finish_reason: null }] })}\n\n`);
      response.write(`data: ${JSON.stringify({ choices: [{ index: 0, delta: {}, finish_reason: "stop" }] })}\n\n`);
      response.end("data: [DONE]\n\n");
    });
  });
  await new Promise<void>((listening) => model.listen(0, "127.0.0.1", listening));
  const url = `http://127.0.0.1:${(model.address() as AddressInfo).port}/v1`;
  const also = { AI_PROVIDER: "openai", OPENAI_BASE_URL: url, OPENAI_MODEL_STANDARD: "large", OPENAI_MODEL_FAST: "small" };
  server = await startServer(PORT, { also });
});

test.afterAll(async () => {
  await server?.stop();
  model?.close();
});

const note = (page: Page) => page.getByRole("dialog", { name: "Resolution note" });
const standIn = (page: Page) => note(page).getByText("Written by the built-in assistant");

async function resolve(page: Page) {
  await page.getByRole("complementary", { name: "Task lane" }).getByRole("button", { name: "Resolve", exact: true }).click();
  await expect(note(page).getByRole("button", { name: /Confirm/ })).toBeVisible();
}

test("a note that a model failed at is shown at once the next time, and tried again when one wants that", async ({ page }) => {
  await signIn(page);
  await start(page, "Outlook asks for the password");
  await resolve(page);
  await expect(standIn(page)).toBeVisible();
  await expectAccessible(page);
  const before = asked;
  await page.keyboard.press("Escape");
  await resolve(page);
  await expect(standIn(page)).toBeVisible();
  expect(asked).toBe(before);

  works = true;
  await note(page).getByRole("button", { name: "Try again" }).press("Enter");
  await expect(note(page)).toContainText("In the model's words.");
  await expect(standIn(page)).toBeHidden();
  await expect(note(page).getByRole("heading", { name: "Resolution note" })).toBeFocused();
});
