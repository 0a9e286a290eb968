// Notes on their way to ConnectWise while servers are killed and ConnectWise fails at random: afterwards each session has its note
// exactly once, as it was approved, and its ticket where it should be, or says that it has not. Half of them are resolved, half
// escalated. `SOAK_POSTS` says how many, `SOAK_SEED` and `SOAK_RATE` how ConnectWise fails, `SOAK_LONG` which share of its writes
// goes wrong for longer than anybody waits.
import { randomUUID } from "node:crypto";
import { api, pause, playConnectWise, secondNode, startServer } from "../support/server.mjs";

const POSTS = Number(process.env.SOAK_POSTS ?? 1000);
const SEED = Number(process.env.SOAK_SEED ?? 7);
const RATE = Number(process.env.SOAK_RATE ?? 0.1);
const LONG = Number(process.env.SOAK_LONG ?? 0.01);
const PORT = Number(process.env.SOAK_PORT ?? 3230);
const PEOPLE = 8;
const PATIENCE = 120_000;
/** After ConnectWise is well again, so long at the most until all is done or waits for a person. */
const SETTLE = 15 * 60_000;
/** The number of the first ticket that was made for this. */
const FIRST_TICKET = 100_000;

/** The two ways out, and where tickets go by board: "Completed", which ConnectWise does not call closed, and "Closed". */
const RESOLVED = {
  status: "resolved",
  path: "resolution-note",
  targets: { 1: 19, 2: 29 },
  flags: { detailDescriptionFlag: true, internalAnalysisFlag: false, resolutionFlag: true },
};
const ESCALATED = {
  status: "escalated",
  path: "escalation-package",
  targets: { 1: 21, 2: 28 },
  flags: { detailDescriptionFlag: false, internalAnalysisFlag: true, resolutionFlag: false },
};
const endingOf = (ticket) => (ticket % 2 === 0 ? RESOLVED : ESCALATED);

/** Numbers from 0 to 1 that the seed alone decides (mulberry32). */
function seeded(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

let psa;
let first;
let second;
let people = [];
let interrupted = 0;
let kills = 0;
/** Answers that nobody expected. */
const unexpected = [];

const lost = (error) => error instanceof TypeError || / (500|503) |terminated/.test(String(error));

/** Tries until it is answered, on one node after the other. */
async function insist(act) {
  const until = Date.now() + PATIENCE;
  for (let turn = Number(Math.random() < 0.5); ; turn += 1) {
    try {
      return await act(people[turn % 2]);
    } catch (error) {
      if (!lost(error) || Date.now() > until) throw error;
      interrupted += 1;
      await pause(100);
    }
  }
}

/** What a ticket system says is told to the engineer: 502, and the worker goes on with it. */
async function despitePsa(act) {
  const until = Date.now() + PATIENCE;
  for (;;) {
    try {
      return await insist(act);
    } catch (error) {
      if (!/ 502 /.test(String(error)) || Date.now() > until) throw error;
      await pause(200);
    }
  }
}

/** Ends the session of one ticket: a note, the preview, the post. */
async function end(ticket) {
  const { path } = endingOf(ticket);
  const { id } = await despitePsa((me) => me.json("POST", "/ai-sessions", { ticket_id: String(ticket) }));
  await insist((me) => me.json("POST", `/ai-sessions/${id}/facts`, { text: `Restarting the service helped, ${randomUUID()}` }));
  const preview = await insist((me) => me.json("POST", `/ai-sessions/${id}/${path}/preview`, {}));
  const wanted = {
    markdown: preview.markdown,
    state_version: preview.state_version,
    confirm_ungrounded: preview.statements.filter(({ grounded }) => !grounded).map(({ id: statement }) => statement),
  };
  try {
    await insist((me) => me.json("POST", `/ai-sessions/${id}/${path}/post`, wanted));
  } catch (error) {
    // Told as an error, or taken already by a call whose answer was lost.
    if (!/ (502|409) /.test(String(error))) throw error;
  }
  return { id, ticket };
}

/** Kills one node after the other, without a word. */
async function kill(working) {
  const random = seeded(SEED);
  const nodes = [first, second];
  for (let turn = 0; working(); turn += 1) {
    await pause(2000 + random() * 4000);
    if (!working()) return;
    const victim = nodes[turn % 2];
    await victim.kill();
    kills += 1;
    await pause(random() * 1500);
    await victim.serve();
  }
}

async function deliveries() {
  const all = [];
  for (let cursor = ""; cursor !== undefined; ) {
    const page = await insist((me) => me.json("GET", `/accounts/me/psa/posts?limit=100${cursor}`));
    all.push(...page.items);
    cursor = page.next_cursor ? `&cursor=${encodeURIComponent(page.next_cursor)}` : undefined;
  }
  return all;
}

/** Waits until nothing is on its way any more: how many still are. */
async function settle() {
  const until = Date.now() + SETTLE;
  for (;;) {
    // What is on the ticket and not verified yet is on its way too.
    const waiting = (await deliveries()).filter(({ state }) => state === "waiting" || state === "posted");
    if (waiting.length === 0 || Date.now() > until) return waiting.length;
    await pause(2000);
  }
}

/** What is said, letter by letter; line breaks are ConnectWise's business. */
const letters = (text) => text.replace(/\s/g, "");

/** Holds what sessions say against what is there. */
async function compare(sessions) {
  const { tickets, notes } = await psa.state();
  const wrong = { lost: [], doubled: [], altered: [], unreported: [] };
  let told = 0;
  for (const { id, ticket } of sessions) {
    const ending = endingOf(ticket);
    const session = await insist((me) => me.json("GET", `/ai-sessions/${id}`));
    const here = tickets.find((one) => one.id === ticket);
    const ours = notes.filter((note) => note.ticketId === ticket && note.externalFlag === false);
    const there = here.status === ending.targets[here.board];
    const says = session.posted.at(-1);
    if (ours.length > 1) wrong.doubled.push(id);
    if (session.status === ending.status) {
      if (ours.length === 0) wrong.lost.push(id);
      if (!there) wrong.unreported.push(id);
      const flagged = (note) => Object.entries(ending.flags).every(([flag, value]) => Boolean(note[flag]) === value);
      const asApproved = (note) => letters(note.text) === letters(says.markdown) && flagged(note);
      if (!ours.every(asApproved)) wrong.altered.push(id);
    } else if (session.status === "posting" && says && !says.done && says.problem) {
      told += 1;
    } else if (ours.length === 0) {
      wrong.lost.push(id);
    } else {
      wrong.unreported.push(id);
    }
  }
  return { wrong, told };
}

/** Whoever reads that something is not done tries again. It may be done in this very moment. */
async function retry() {
  for (const { id, can_retry: can } of await deliveries()) {
    if (!can) continue;
    try {
      await despitePsa((me) => me.json("POST", `/accounts/me/psa/posts/${id}/retry`, {}));
    } catch (error) {
      if (!/ 409 /.test(String(error))) unexpected.push(String(error));
    }
  }
}

let working = true;
let killing;
try {
  psa = await playConnectWise(PORT + 9, { tickets: POSTS });
  first = await startServer(PORT);
  second = await secondNode(first, PORT + 1, { demo: true });
  people = [first, second].map(({ base }) => api({ base, token: first.token }));
  await people[0].json("PATCH", "/accounts/me/psa", psa.enter);
  for (const board of Object.keys(RESOLVED.targets)) {
    const chosen = { resolved_status_id: String(RESOLVED.targets[board]), escalated_status_id: String(ESCALATED.targets[board]) };
    await people[0].json("PUT", "/accounts/me/psa/statuses", { board_id: board, ...chosen });
  }
  await psa.fail(SEED, RATE, LONG);
  // A node that does not come up again is told at the end.
  killing = kill(() => working).catch((error) => unexpected.push(String(error)));
  const sessions = [];
  let next = FIRST_TICKET;
  const work = async () => {
    while (next < FIRST_TICKET + POSTS) {
      const ticket = next++;
      try {
        sessions.push(await end(ticket));
      } catch (error) {
        unexpected.push(`#${ticket}: ${error}`);
      }
    }
  };
  await Promise.all(Array.from({ length: PEOPLE }, work));
  working = false;
  await killing;
  await psa.heal();
  const still = await settle();
  const before = await compare(sessions);
  console.log(`${sessions.length} posts, ${kills} kills, ${interrupted} calls interrupted, ${still} still on their way, ${before.told} say that they are not done`);
  await retry();
  const left = await settle();
  const after = await compare(sessions);
  const found = (kind) => new Set([...before.wrong[kind], ...after.wrong[kind]]);
  const kinds = Object.keys(after.wrong);
  console.log(`after retrying: ${left} still on their way, ${after.told} say that they are not done`);
  console.log([...kinds.map((kind) => `${kind} ${found(kind).size}`), `unexpected ${unexpected.length}`].join(", "));
  for (const kind of kinds) {
    for (const id of found(kind)) console.log(`${kind}: ${first.base}/pilot/${id}`);
  }
  for (const answer of unexpected) console.log(`unexpected: ${answer}`);
  const fine = kinds.every((kind) => found(kind).size === 0) && unexpected.length === 0;
  if (!fine || left > 0 || after.told > 0 || sessions.length !== POSTS) process.exitCode = 1;
} finally {
  working = false;
  await killing;
  for (const one of [second, first, psa]) await one?.stop().catch((error) => console.error(error));
}
