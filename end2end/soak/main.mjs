// Kills FlowPilot and its Postgres again and again while people work, and looks each time that everything they were told is
// stored is there: sessions, messages, answers, notes. `SOAK_ROUNDS` says how often.
import { randomUUID } from "node:crypto";
import { api, pause, startServer } from "../support/server.mjs";

const ROUNDS = Number(process.env.SOAK_ROUNDS ?? 12);
const PEOPLE = 4;
const PATIENCE = 30_000;

const server = await startServer(Number(process.env.SOAK_PORT ?? 3230));
const me = api(server);
/** What was acknowledged: session → { messages, facts, answers }. */
const told = new Map();
let working = true;
/** While we look, nobody begins anything new. */
let looking = false;
let interrupted = 0;

/** Tries until it is answered; a refused or lost connection is what this is about, any other answer is not. */
async function insist(act) {
  const until = Date.now() + PATIENCE;
  for (;;) {
    try {
      return await act();
    } catch (error) {
      const lost = error instanceof TypeError || / (500|503) |terminated|did not end well/.test(String(error));
      if (!lost || Date.now() > until) throw error;
      interrupted += 1;
      await pause(100);
    }
  }
}

/** A message may fail with its turn; then it is sent again under its key, or the turn that failed is told. */
async function say(session, text) {
  const key = randomUUID();
  try {
    await me.turn(session, text, key);
  } catch (error) {
    const lost = error instanceof TypeError || / (500|503) |terminated|did not end well/.test(String(error));
    if (!lost) throw error;
    interrupted += 1;
    return false;
  }
  return true;
}

async function work() {
  while (working) {
    while (looking) await pause(50);
    const { id } = await insist(() => me.json("POST", "/ai-sessions", { problem: "Outlook asks for the password" }));
    const known = { messages: [], facts: [], answers: new Map() };
    told.set(id, known);
    const words = `It keeps asking, ${randomUUID()}`;
    if (await say(id, words)) known.messages.push(words);
    const note = `A note, ${randomUUID()}`;
    // Without a key a note may be stored twice when its answer was lost; it may not be lost.
    await insist(() => me.json("POST", `/ai-sessions/${id}/facts`, { text: note }));
    known.facts.push(note);
    const { task_lane: lane } = await insist(() => me.json("GET", `/ai-sessions/${id}`));
    for (const { id: item } of lane.questions) {
      const answer = `An answer, ${randomUUID()}`;
      await insist(() => me.json("PUT", `/ai-sessions/${id}/task-lane`, { answers: [{ id: item, answer }], results: [] }));
      known.answers.set(item, answer);
    }
  }
}

async function look() {
  const missing = [];
  for (const [id, known] of told) {
    const session = await insist(() => me.json("GET", `/ai-sessions/${id}`));
    const texts = session.messages.map(({ text }) => text);
    const facts = session.facts.map(({ text }) => text);
    const answers = new Map(session.task_lane.questions.map(({ id: item, answer }) => [item, answer]));
    missing.push(...known.messages.filter((text) => !texts.includes(text)).map((text) => `${id}: the message ${text}`));
    missing.push(...known.facts.filter((text) => !facts.includes(text)).map((text) => `${id}: the note ${text}`));
    for (const [item, answer] of known.answers) if (answers.get(item) !== answer) missing.push(`${id}: ${answer}`);
    if (texts.some((text, at) => texts.indexOf(text) !== at && text.includes("It keeps asking"))) missing.push(`${id}: a message twice`);
  }
  return missing;
}

/** After a crash nothing is left running: each session takes a message. */
async function settle() {
  const last = [...told.keys()].slice(-PEOPLE);
  for (const id of last) await insist(() => me.turn(id, "Still there?"));
}

const people = Array.from({ length: PEOPLE }, work);
const over = Promise.all(people);
over.catch(() => {});
try {
  for (let round = 1; round <= ROUNDS; round += 1) {
    await Promise.race([over, pause(600 + Math.random() * 1500)]);
    const victim = ["FlowPilot", "Postgres", "both"][round % 3];
    if (victim !== "FlowPilot") process.kill(server.postgres(), "SIGKILL");
    if (victim !== "Postgres") await server.kill();
    const began = performance.now();
    if (victim !== "Postgres") await server.serve();
    looking = true;
    const missing = await look();
    looking = false;
    console.log(`round ${round}: ${victim} killed, back and looked through ${told.size} sessions after ${((performance.now() - began) / 1000).toFixed(1)} s, ${missing.length} things missing`);
    if (missing.length > 0) throw new Error(missing.join("\n"));
  }
  working = false;
  await over;
  await settle();
  console.log(`${told.size} sessions, ${interrupted} calls interrupted, nothing lost`);
} finally {
  working = false;
  await server.stop();
}
