// What the AI gateway adds to a model: from the model's byte to the reader's, two hundred turns at once, and letting go.
import { monitorEventLoopDelay } from "node:perf_hooks";
import { api, pause, percentile, report, startServer } from "../support/server.mjs";
import { now, startModel } from "../support/model.mjs";

const CROWD = 200;
/** Ten seconds long, so that all of them stream at once for most of it. */
const WORDS = 500;
const model = await startModel({ tokens: 150, rate: 50 });
Object.assign(process.env, { AI_PROVIDER: "openai", OPENAI_BASE_URL: model.url, OPENAI_MODEL_STANDARD: "bench", OPENAI_MODEL_FAST: "bench" });
const server = await startServer(Number(process.env.BENCH_PORT ?? 3222));
const me = api(server);
const newSession = async () => (await me.json("POST", "/ai-sessions", { problem: "Something is slow" })).id;

/** A turn as it is read: when anything came first, how late each word was, the longest silence between words. */
async function read(session, { stopAfter } = {}) {
  const began = now();
  const response = await fetch(`${server.base}/api/v1/ai-sessions/${session}/messages`, {
    method: "POST",
    headers: { authorization: `Bearer ${server.token}`, "content-type": "application/json" },
    body: JSON.stringify({ text: "It is slow" }),
  });
  const turn = { first: undefined, late: [], silence: 0, done: false };
  let last;
  let rest = "";
  const decoder = new TextDecoder();
  for await (const bytes of response.body) {
    const at = now();
    turn.first ??= at - began;
    // Whole events only: a read may end inside of one, and hold the last words together with what follows them.
    const events = (rest + decoder.decode(bytes, { stream: true })).split("\n\n");
    rest = events.pop();
    turn.done ||= events.some((event) => event.includes("event: turn_done"));
    // The whole message comes once more at the end.
    const sent = events.filter((event) => event.includes("event: delta")).flatMap((event) => [...event.matchAll(/<([\d.]+)>/g)]);
    if (sent.length === 0) continue;
    for (const [, left] of sent) turn.late.push(at - Number(left));
    if (last !== undefined) turn.silence = Math.max(turn.silence, at - last);
    last = at;
    if (stopAfter && turn.late.length >= stopAfter) {
      stopAfter = undefined;
      const stopped = now();
      model.left = (at) => (turn.letGo = at - stopped);
      await me.json("POST", `/ai-sessions/${session}/turn/stop`).catch(() => undefined);
    }
  }
  return turn;
}

/** Many turns at once, begun evenly over so many milliseconds. */
async function crowd(how, spread) {
  const sessions = [];
  for (let n = 0; n < CROWD; n += 1) sessions.push(await newSession());
  let most = 0;
  const watch = setInterval(() => (most = Math.max(most, server.memory())), 100);
  // What this process itself was late counts as silence too; said, so that it can be told apart.
  const own = monitorEventLoopDelay({ resolution: 10 });
  own.enable();
  const turns = await Promise.all(sessions.map(async (session, n) => {
    await pause((n * spread) / CROWD);
    return read(session);
  }));
  own.disable();
  clearInterval(watch);
  const whole = turns.filter(({ done, late }) => done && late.length === WORDS).length;
  console.log(`    ${CROWD} turns at 50 words a second, ${how}: ${whole} came whole; the reader itself was late by ${(own.max / 1e6).toFixed(0)} ms at most`);
  report("… longest silence", Math.max(...turns.map(({ silence }) => silence)), "ms", 250);
  report("… first visible sign, p95", percentile(turns.map(({ first }) => first), 95), "ms");
  report("… memory", most, "MB", 400);
}

try {
  await read(await newSession());
  const single = await read(await newSession());
  report("first visible sign of work", single.first, "ms", 100);
  report(`from the model's byte to the reader's (${single.late.length}), p95`, percentile(single.late, 95), "ms", 5);

  const letGo = [];
  for (let n = 0; n < 10; n += 1) {
    const { letGo: took } = await read(await newSession(), { stopAfter: 20 });
    if (took !== undefined) letGo.push(took);
  }
  if (letGo.length < 10) throw new Error(`only ${letGo.length} of 10 stopped turns let go of the model`);
  report("stopping a turn lets go of the model, worst of 10", Math.max(...letGo), "ms", 100);

  model.set({ tokens: WORDS });
  await crowd("starting over four seconds", 4_000);
  await crowd("starting in the same moment", 0);
  await pause(500);
} finally {
  await server.stop();
  await model.stop();
}
