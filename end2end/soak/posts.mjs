// Notes on their way to ConnectWise while servers are killed and ConnectWise fails at random: afterwards each session has its note
// exactly once and its ticket where it should be, or says that it has not. `SOAK_POSTS` says how many, `SOAK_SEED` and
// `SOAK_RATE` how ConnectWise fails.
import { randomUUID } from "node:crypto";
import { api, pause, playConnectWise, secondNode, startServer } from "../support/server.mjs";

const POSTS = Number(process.env.SOAK_POSTS ?? 1000);
const SEED = Number(process.env.SOAK_SEED ?? 7);
const RATE = Number(process.env.SOAK_RATE ?? 0.1);
const PORT = Number(process.env.SOAK_PORT ?? 3230);
const PEOPLE = 8;
const PATIENCE = 120_000;
/** After ConnectWise is well again, so long at the most until all is done or waits for a person. */
const SETTLE = 15 * 60_000;
/** Where tickets of resolved sessions go, by board: "Completed", which ConnectWise does not call closed, and "Closed". */
const TARGETS = { 1: 19, 2: 29 };
/** The number of the first ticket that was made for this. */
const FIRST_TICKET = 100_000;

const psa = await playConnectWise(PORT + 9, { tickets: POSTS });
const first = await startServer(PORT);
const second = await secondNode(first, PORT + 1, { demo: true });
const nodes = [first, second];
const people = nodes.map(({ base }) => api({ base, token: first.token }));
let interrupted = 0;
let kills = 0;

const lost = (error) => error instanceof TypeError || / (500|503) |terminated/.test(String(error));

/** Tries until it is answered, on one node after the other. */
async function insist(act) {
  const until = Date.now() + PATIENCE;
  for (let turn = Math.floor(Math.random() * 2); ; turn += 1) {
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

/** Resolves one ticket: its session, a note, the post. */
async function resolve(ticket) {
  const { id } = await despitePsa((me) => me.json("POST", "/ai-sessions", { ticket_id: String(ticket) }));
  await insist((me) => me.json("POST", `/ai-sessions/${id}/facts`, { text: `Restarting the service helped, ${randomUUID()}` }));
  const preview = await insist((me) => me.json("POST", `/ai-sessions/${id}/resolution-note/preview`, {}));
  const wanted = {
    markdown: preview.markdown,
    state_version: preview.state_version,
    confirm_ungrounded: preview.statements.filter(({ grounded }) => !grounded).map(({ id: statement }) => statement),
  };
  try {
    await insist((me) => me.json("POST", `/ai-sessions/${id}/resolution-note/post`, wanted));
  } catch (error) {
    // Told as an error, or taken already by a call whose answer was lost.
    if (!/ (502|409) /.test(String(error))) throw error;
  }
  return { id, ticket };
}

/** Kills one node after the other, without a word. */
async function kill(working) {
  for (let turn = 0; working(); turn += 1) {
    await pause(2000 + Math.random() * 4000);
    if (!working()) return;
    const victim = nodes[turn % 2];
    await victim.kill();
    kills += 1;
    await pause(Math.random() * 1500);
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

/** Waits until nothing is on its way any more. */
async function settle() {
  const until = Date.now() + SETTLE;
  for (;;) {
    const waiting = (await deliveries()).filter(({ state }) => state === "waiting");
    if (waiting.length === 0 || Date.now() > until) return waiting.length;
    await pause(2000);
  }
}

/** Holds what sessions say against what is there. */
async function compare(sessions) {
  const { tickets, notes } = await psa.state();
  const wrong = { lost: [], doubled: [], unreported: [] };
  let told = 0;
  for (const { id, ticket } of sessions) {
    const session = await insist((me) => me.json("GET", `/ai-sessions/${id}`));
    const here = tickets.find((one) => one.id === ticket);
    const ours = notes.filter((note) => note.ticketId === ticket && note.externalFlag === false);
    const there = here.status === TARGETS[here.board];
    const says = session.posted.at(-1);
    if (ours.length > 1) wrong.doubled.push(id);
    if (session.status === "resolved") {
      if (ours.length === 0) wrong.lost.push(id);
      if (!there) wrong.unreported.push(id);
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

let working = true;
try {
  await people[0].json("PATCH", "/accounts/me/psa", psa.enter);
  for (const [board, status] of Object.entries(TARGETS)) {
    await people[0].json("PUT", "/accounts/me/psa/statuses", { board_id: board, resolved_status_id: String(status) });
  }
  await psa.fail(SEED, RATE);
  const killing = kill(() => working);
  const sessions = [];
  let next = FIRST_TICKET;
  const work = async () => {
    while (next < FIRST_TICKET + POSTS) sessions.push(await resolve(next++));
  };
  await Promise.all(Array.from({ length: PEOPLE }, work));
  working = false;
  await killing;
  await psa.heal();
  const still = await settle();
  const before = await compare(sessions);
  console.log(`${sessions.length} posts, ${kills} kills, ${interrupted} calls interrupted, ${still} still on their way, ${before.told} say that they are not done`);
  // Whoever reads that something is not done tries again.
  for (const { id, can_retry: can } of await deliveries()) {
    if (can) await despitePsa((me) => me.json("POST", `/accounts/me/psa/posts/${id}/retry`, {}));
  }
  await settle();
  const after = await compare(sessions);
  const count = (kind) => new Set([...before.wrong[kind], ...after.wrong[kind]]).size;
  console.log(`after retrying: ${after.told} say that they are not done`);
  console.log(`lost ${count("lost")}, doubled ${count("doubled")}, unreported ${count("unreported")}`);
  for (const kind of ["lost", "doubled", "unreported"]) {
    for (const id of new Set([...before.wrong[kind], ...after.wrong[kind]])) console.log(`${kind}: ${first.base}/pilot/${id}`);
  }
  if (count("lost") + count("doubled") + count("unreported") > 0) process.exitCode = 1;
} finally {
  working = false;
  await second.stop();
  await first.stop();
  await psa.stop();
}
