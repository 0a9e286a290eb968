// Server and page numbers; each line says its limit.
import { chromium } from "@playwright/test";
import { CHROMIUM, api, pause, percentile, report, signIn, startServer } from "../support/server.mjs";

const PROBLEM = "Outlook asks for the password again and again";
const server = await startServer(Number(process.env.BENCH_PORT ?? 3220));
const me = api(server);
const newSession = async () => (await me.json("POST", "/ai-sessions", { problem: PROBLEM })).id;

try {
  await pause(3000);
  report("memory at rest", server.memory(), "MB", 60);

  const single = [];
  for (let n = 0; n < 40; n += 1) single.push(await me.turn(await newSession(), "it keeps asking"));
  report("built-in turn, 1 client, p95", percentile(single, 95), "ms", 150);

  const many = [];
  await Promise.all(
    Array.from({ length: 50 }, async () => {
      for (let n = 0; n < 6; n += 1) {
        const session = await newSession();
        many.push(await me.turn(session, "it keeps asking"));
      }
    }),
  );
  report("built-in turn, 50 clients, p95", percentile(many, 95), "ms", 500);

  const long = await newSession();
  for (let n = 0; n < 100; n += 1) await me.turn(long, `Message ${n}: it keeps asking for the password`);
  const browser = await chromium.launch(CHROMIUM);
  const context = await browser.newContext({ baseURL: server.base });
  await signIn(await context.newPage());
  const cookie = (await context.cookies()).map(({ name, value }) => `${name}=${value}`).join("; ");

  const pages = [];
  for (let n = 0; n < 60; n += 1) {
    const began = performance.now();
    await (await fetch(`${server.base}/pilot/${long}`, { headers: { cookie, accept: "text/html" } })).text();
    pages.push(performance.now() - began);
  }
  report("server-rendered page of a session with 200 messages, p50", percentile(pages, 50), "ms", 20);

  // What a browser with an empty cache receives, as it comes over the wire.
  const cold = await browser.newContext({ baseURL: server.base, storageState: await context.storageState() });
  const tab = await cold.newPage();
  const devtools = await cold.newCDPSession(tab);
  await devtools.send("Network.enable");
  await devtools.send("Network.setCacheDisabled", { cacheDisabled: true });
  const received = new Map();
  const urls = new Map();
  devtools.on("Network.responseReceived", ({ requestId, response }) => urls.set(requestId, response.url));
  devtools.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => received.set(requestId, encodedDataLength));
  await tab.goto(`/pilot/${await newSession()}`);
  await tab.waitForSelector("html[data-hydrated]");
  await tab.waitForTimeout(1500);
  let bytes = 0;
  for (const [id, length] of received) {
    bytes += length;
    console.log(`    ${(length / 1024).toFixed(1).padStart(8)} kB  ${urls.get(id)}`);
  }
  report("first visit of a session: HTML, CSS, JS, wasm over the wire", bytes / 1024, "kB", 300);
  await browser.close();

  const streams = [];
  const followed = await Promise.all(Array.from({ length: 500 }, () => newSession()));
  for (const session of followed) streams.push(await me.follow(session));
  await pause(2000);
  const broken = streams.filter(({ status }) => status !== 200).length;
  report("500 open event streams: errors", broken, "", 0);
  report("500 open event streams: memory", server.memory(), "MB", 200);
  await Promise.all(streams.map(({ body }) => body.cancel()));
} finally {
  await server.stop();
}
