// Images in the composer and in messages: picked, pasted, dropped; refused with words; never lost; never in the way.
import type { Locator, Page } from "@playwright/test";
import { expect, expectAccessible, expectNoSidewaysScroll, hydrated, test } from "../support/test";
import { start } from "../support/session";

const PROBLEM = "Outlook asks for the password again and again";

/** A PNG of this size. */
async function picture(page: Page, width = 640, height = 360) {
  const base64 = await page.evaluate(
    ([width, height]) => {
      const canvas = Object.assign(document.createElement("canvas"), { width, height });
      const pen = canvas.getContext("2d")!;
      pen.fillStyle = "#3366cc";
      pen.fillRect(0, 0, width, height);
      return canvas.toDataURL("image/png").split(",")[1];
    },
    [width, height] as const,
  );
  return Buffer.from(base64, "base64");
}

/** Dispatches what a browser dispatches when files come with a drag or a paste. */
async function bring(target: Locator, event: "dragover" | "drop" | "paste", files: { name: string; mimeType: string; buffer: Buffer }[]) {
  const sent = files.map(({ name, mimeType, buffer }) => ({ name, mimeType, base64: buffer.toString("base64") }));
  await target.evaluate(
    (element, { event, sent }) => {
      const carried = new DataTransfer();
      for (const { name, mimeType, base64 } of sent) {
        const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
        carried.items.add(new File([bytes], name, { type: mimeType }));
      }
      const how = { bubbles: true, cancelable: true };
      element.dispatchEvent(
        event === "paste" ? new ClipboardEvent("paste", { ...how, clipboardData: carried }) : new DragEvent(event, { ...how, dataTransfer: carried }),
      );
    },
    { event, sent },
  );
}

/** What is on the page. */
function parts(page: Page) {
  const images = page.getByRole("list", { name: "Images for this message" });
  return {
    box: page.getByRole("textbox", { name: "Message" }),
    send: page.getByRole("button", { name: "Send", exact: true }),
    picker: page.locator("input[type=file]"),
    images,
    items: images.getByRole("listitem"),
    failed: images.locator("[data-state=failed]"),
    sent: page.getByRole("region", { name: "Conversation" }).getByRole("link", { name: /^Image/ }),
  };
}

/** So many images are there and none is on its way. */
async function attached(page: Page, count: number) {
  await expect(page.getByRole("status").filter({ hasText: count === 1 ? "1 image attached" : `${count} images attached` })).toBeAttached();
}

test("images are picked, sent with words, and open whole in a tab of their own", async ({ page }) => {
  await start(page, PROBLEM);
  const { box, send, picker, items, sent } = parts(page);
  await expect(page.getByRole("button", { name: "Attach images" })).toBeVisible();
  await picker.setInputFiles([
    { name: "prompt.png", mimeType: "image/png", buffer: await picture(page, 1600, 900) },
    { name: "tall.png", mimeType: "image/png", buffer: await picture(page, 300, 900) },
  ]);
  await expect(items).toHaveCount(2);
  await attached(page, 2);
  await expectAccessible(page);
  await box.fill("This is what she sees.");
  await send.click();
  await expect(sent).toHaveCount(2);
  await expect(items).toHaveCount(0);
  const said = page.getByRole("region", { name: "Conversation" });
  await expect(said.getByText("cannot look at the images")).toBeVisible();
  await expect(sent.first()).toHaveAccessibleName("Image 1 of 2, 1600 × 900");
  await expectAccessible(page);
  const opened = page.waitForEvent("popup");
  await sent.first().click();
  const whole = await opened;
  await whole.waitForLoadState();
  expect(new URL(whole.url()).pathname).toMatch(/\/api\/v1\/ai-sessions\/[^/]+\/images\/[^/]+$/);
  await expect(whole.locator("img")).toBeVisible();
});

test("a pasted screenshot alone is a message, and colleagues' tabs show it", async ({ page, context }) => {
  await start(page, PROBLEM);
  const other = await context.newPage();
  await other.goto(page.url());
  await hydrated(other);
  const { box, send, sent } = parts(page);
  await expect(send).toBeDisabled();
  await bring(box, "paste", [{ name: "image.png", mimeType: "image/png", buffer: await picture(page) }]);
  await attached(page, 1);
  await box.press("Enter");
  await expect(sent).toHaveCount(1);
  await expect(parts(other).sent).toHaveCount(1);
});

test("Enter while an image is on its way sends as soon as it is there", async ({ page }) => {
  await start(page, PROBLEM);
  const { box, sent } = parts(page);
  let release = () => {};
  const held = new Promise<void>((go) => (release = go));
  await page.route("**/images", async (route) => {
    await held;
    await route.continue();
  });
  await bring(box, "paste", [{ name: "image.png", mimeType: "image/png", buffer: await picture(page) }]);
  await expect(page.getByRole("status", { name: "Attaching image.png" })).toBeVisible();
  await box.fill("Look.");
  await box.press("Enter");
  await expect(page.getByText("Goes as soon as its images are attached.")).toBeVisible();
  await expect(box).toHaveValue("Look.");
  release();
  await expect(sent).toHaveCount(1);
  await expect(box).toHaveValue("");
});

test("images can be dropped anywhere, and the message box shows that it takes them", async ({ page }) => {
  await start(page, PROBLEM);
  const { items } = parts(page);
  const files = [{ name: "prompt.png", mimeType: "image/png", buffer: await picture(page) }];
  const [anywhere, form] = [page.getByRole("main"), page.getByRole("form", { name: "Message" })];
  await bring(anywhere, "dragover", files);
  await expect(form).toHaveAttribute("data-drop", "");
  await bring(anywhere, "drop", files);
  await expect(form).not.toHaveAttribute("data-drop");
  await expect(items).toHaveCount(1);
  await attached(page, 1);
});

test("what cannot be attached says why beside itself, and the words stay", async ({ page }) => {
  await start(page, PROBLEM);
  const { box, send, picker, items, failed } = parts(page);
  await box.fill("This is what she sees.");
  await picker.setInputFiles([
    { name: "prompt.png", mimeType: "image/png", buffer: await picture(page) },
    { name: "script.png", mimeType: "image/png", buffer: Buffer.from("<script>alert(1)</script>") },
    { name: "half.png", mimeType: "image/png", buffer: (await picture(page)).subarray(0, 200) },
    { name: "huge.png", mimeType: "image/png", buffer: Buffer.alloc(11 << 20) },
    { name: "notes.txt", mimeType: "text/plain", buffer: Buffer.from("notes") },
  ]);
  await expect(failed.filter({ hasText: "script.png" })).toContainText("Only PNG, JPEG, GIF and WebP");
  await expect(failed.filter({ hasText: "half.png" })).toContainText("damaged or incomplete");
  await expect(failed.filter({ hasText: "huge.png" })).toContainText("10 MB");
  await expect(failed.filter({ hasText: "notes.txt" })).toContainText("Only PNG, JPEG, GIF and WebP");
  await expect(send).toBeDisabled();
  await expectAccessible(page);
  for (const name of ["script.png", "half.png", "huge.png", "notes.txt"]) {
    await page.getByRole("button", { name: `Remove ${name}` }).press("Enter");
    await expect(box).toBeFocused();
  }
  await expect(items).toHaveCount(1);
  await expect(box).toHaveValue("This is what she sees.");
  await expect(send).toBeEnabled();
});

test("a message takes six images, and says so", async ({ page }) => {
  await start(page, PROBLEM);
  const buffer = await picture(page, 40, 40);
  const { picker, items } = parts(page);
  await picker.setInputFiles(Array.from({ length: 8 }, (_, n) => ({ name: `${n}.png`, mimeType: "image/png", buffer })));
  await expect(items).toHaveCount(6);
  await expect(page.getByText("A message takes 6 images at most.")).toBeVisible();
});

test("an image that did not get there is attached when one tries again", async ({ page }) => {
  await start(page, PROBLEM);
  await page.route("**/images", (route) => route.abort(), { times: 1 });
  const { picker, failed } = parts(page);
  await picker.setInputFiles({ name: "prompt.png", mimeType: "image/png", buffer: await picture(page) });
  await expect(failed).toContainText("cannot be reached");
  await failed.getByRole("button", { name: "Try again" }).click();
  await attached(page, 1);
});

test("what is attached and not sent survives a reload, a look elsewhere and a send that fails", async ({ page }) => {
  await start(page, PROBLEM);
  const { box, picker, items, sent } = parts(page);
  await picker.setInputFiles({ name: "prompt.png", mimeType: "image/png", buffer: await picture(page) });
  await attached(page, 1);
  await page.reload();
  await hydrated(page);
  await expect(items).toHaveCount(1);
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Tickets" }).click();
  await expect(page).toHaveURL(/\/tickets/);
  await page.goBack();
  await expect(items).toHaveCount(1);
  await page.route("**/rpc/pilot/send_message*", (route) => route.abort(), { times: 1 });
  await box.fill("Look.");
  await box.press("Enter");
  await expect(page.getByText("not sent")).toBeVisible();
  await page.getByRole("button", { name: "Edit", exact: true }).click();
  await expect(box).toHaveValue("Look.");
  await expect(items).toHaveCount(1);
  await box.press("Enter");
  await expect(page.getByText("not sent")).toBeHidden();
  await expect(sent).toHaveCount(1);
  await expect(items).toHaveCount(0);
});

test("nothing moves when an image arrives", async ({ page }) => {
  await start(page, PROBLEM);
  const { box, picker, sent } = parts(page);
  await picker.setInputFiles({ name: "prompt.png", mimeType: "image/png", buffer: await picture(page, 1600, 900) });
  await attached(page, 1);
  await box.fill("Look.");
  await box.press("Enter");
  await expect(sent).toHaveCount(1);
  let release = () => {};
  const held = new Promise<void>((go) => (release = go));
  await page.route("**/thumbnail", async (route) => {
    await held;
    await route.continue();
  });
  await page.reload({ waitUntil: "commit" });
  const image = sent.locator("img");
  await expect(image).toBeVisible();
  await hydrated(page);
  const before = await image.boundingBox();
  release();
  await expect.poll(() => image.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBeGreaterThan(0);
  expect(await image.boundingBox()).toEqual(before);
});

test.describe("in the start box", () => {
  const begin = (page: Page) => page.getByRole("region", { name: "New session" });
  const words = (page: Page) => begin(page).getByRole("textbox", { name: "What is wrong?" });
  const go = (page: Page) => begin(page).getByRole("button", { name: "Start", exact: true });

  for (const path of ["/", "/pilot?new"]) {
    test(`images are pasted and picked at ${path}, and go with the first message`, async ({ page }) => {
      await page.goto(path);
      await hydrated(page);
      const { box, picker, items, sent } = parts(page);
      await bring(words(page), "paste", [{ name: "image.png", mimeType: "image/png", buffer: await picture(page) }]);
      await attached(page, 1);
      await picker.setInputFiles({ name: "tall.png", mimeType: "image/png", buffer: await picture(page, 300, 900) });
      await attached(page, 2);
      await expectAccessible(page);
      await words(page).fill(PROBLEM);
      await words(page).press("Enter");
      await expect(page).toHaveURL(/\/pilot\/[0-9a-f-]{36}$/);
      await expect(sent).toHaveCount(2);
      await expect(page.getByRole("region", { name: "Conversation" }).getByText(PROBLEM).first()).toBeVisible();
      await expect(items).toHaveCount(0);
      await expect(box).toHaveValue("");
    });
  }

  test("a screenshot alone starts a session", async ({ page }) => {
    await page.goto("/pilot?new");
    await hydrated(page);
    await expect(go(page)).toBeDisabled();
    const files = [{ name: "prompt.png", mimeType: "image/png", buffer: await picture(page) }];
    await bring(page.getByRole("main"), "dragover", files);
    await expect(begin(page).getByRole("form")).toHaveAttribute("data-drop", "");
    await bring(page.getByRole("main"), "drop", files);
    await attached(page, 1);
    await go(page).click();
    await expect(parts(page).sent).toHaveCount(1);
  });

  test("what cannot be attached is told before anything starts", async ({ page }) => {
    await page.goto("/pilot?new");
    await hydrated(page);
    const { picker, failed } = parts(page);
    await words(page).fill(PROBLEM);
    await picker.setInputFiles({ name: "notes.txt", mimeType: "text/plain", buffer: Buffer.from("notes") });
    await expect(failed).toContainText("Only PNG, JPEG, GIF and WebP");
    await expect(page.getByText("Remove what could not be attached")).toBeVisible();
    await expect(go(page)).toBeDisabled();
    await page.getByRole("button", { name: "Remove notes.txt" }).press("Enter");
    await expect(words(page)).toBeFocused();
    await expect(go(page)).toBeEnabled();
  });

  test("an image that the server refuses waits in the message box with the words", async ({ page }) => {
    await page.goto("/pilot?new");
    await hydrated(page);
    const { box, picker, failed, sent } = parts(page);
    await words(page).fill(PROBLEM);
    await picker.setInputFiles({ name: "half.png", mimeType: "image/png", buffer: (await picture(page)).subarray(0, 200) });
    await attached(page, 1);
    await go(page).click();
    await expect(failed).toContainText("damaged or incomplete");
    await expect(box).toHaveValue(PROBLEM);
    await expect(sent).toHaveCount(0);
  });

  test("words and images stay when starting fails, and while one looks elsewhere", async ({ page }) => {
    await page.goto("/pilot?new");
    await hydrated(page);
    const { picker, items, sent } = parts(page);
    await page.route("**/rpc/pilot/create_session*", (route) => route.abort(), { times: 1 });
    await words(page).fill(PROBLEM);
    await picker.setInputFiles({ name: "prompt.png", mimeType: "image/png", buffer: await picture(page) });
    await attached(page, 1);
    await go(page).click();
    await expect(begin(page).getByText("cannot be reached")).toBeVisible();
    await expect(words(page)).toHaveValue(PROBLEM);
    await expect(items).toHaveCount(1);
    await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Tickets" }).click();
    await expect(page).toHaveURL(/\/tickets/);
    await page.goBack();
    await expect(words(page)).toHaveValue(PROBLEM);
    await attached(page, 1);
    await go(page).click();
    await expect(sent).toHaveCount(1);
  });
});

for (const theme of ["dark", "light"] as const) {
  test(`a message with images fits and is accessible at 360 px, ${theme}`, async ({ page, context, baseURL }) => {
    await context.addCookies([{ name: "fp_theme", value: theme, url: baseURL! }]);
    await page.setViewportSize({ width: 360, height: 740 });
    await start(page, PROBLEM);
    const { box, picker, items, sent } = parts(page);
    const files = [
      { name: "prompt.png", mimeType: "image/png", buffer: await picture(page, 1600, 900) },
      { name: "script.png", mimeType: "image/png", buffer: Buffer.from("#!/bin/sh") },
    ];
    await picker.setInputFiles(files);
    await expect(items).toHaveCount(2);
    await expect(page.getByRole("button", { name: "Remove script.png" })).toBeVisible();
    await expect(page.getByText("Remove what could not be attached")).toBeVisible();
    await expectNoSidewaysScroll(page);
    await expectAccessible(page);
    await page.getByRole("button", { name: "Remove script.png" }).click();
    await attached(page, 1);
    await box.fill("Look.");
    await page.getByRole("button", { name: "Send", exact: true }).click();
    await expect(sent).toHaveCount(1);
    await expectNoSidewaysScroll(page);
    await expectAccessible(page);
  });
}
