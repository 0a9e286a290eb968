// What the tickets page adds to the ticket system behind it: ten thousand tickets in ConnectWise, and as many on the local desk.
import { api, percentile, playConnectWise, report, startServer, DEMO } from "../support/server.mjs";

const TICKETS = 10_000;
const ROUNDS = 60;
const port = Number(process.env.BENCH_PORT ?? 3224);
const server = await startServer(port);
const me = api(server);

/** Signs the demo account in without a browser; its cookie. */
async function cookie() {
  const form = new URLSearchParams(DEMO);
  const headers = { origin: server.base, "content-type": "application/x-www-form-urlencoded" };
  const answer = await fetch(`${server.base}/rpc/accounts/log_in`, { method: "POST", headers, body: form, redirect: "manual" });
  const found = answer.headers.getSetCookie().find((line) => line.startsWith("fp_session="));
  if (!found) throw new Error(`signing in: ${answer.status} ${await answer.text()}`);
  return found.split(";")[0];
}

/** Milliseconds until something was read whole, and what it was. */
async function timed(url, headers) {
  const began = performance.now();
  const answer = await fetch(url, { headers });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${url}: ${answer.status} ${text.slice(0, 300)}`);
  return { took: performance.now() - began, text };
}

const headers = { cookie: await cookie(), accept: "text/html" };

/** The first page, again and again; each time what the ticket system itself takes is measured beside it. */
async function pages(own) {
  const [beyond, whole] = [[], []];
  for (let n = 0; n < ROUNDS + 5; n += 1) {
    const alone = own ? (await own()).took : 0;
    const { took, text } = await timed(`${server.base}/tickets`, headers);
    const rows = text.split("data-row").length - 1;
    if (rows < 50) throw new Error(`the page shows ${rows} tickets`);
    // The first ones read the lists that are kept.
    if (n < 5) continue;
    beyond.push(took - alone);
    whole.push(took);
  }
  return { beyond, whole };
}

try {
  // The local desk: over REST, as any other client would fill it.
  let made = 0;
  const fill = async () => {
    while (made < TICKETS) {
      made += 1;
      await me.json("POST", "/tickets", { summary: `Outlook asks for the password (${made})`, body: "Again and again.", company: `Company ${made % 200}` });
    }
  };
  const began = performance.now();
  await Promise.all(Array.from({ length: 16 }, fill));
  console.log(`    ${TICKETS} tickets opened on the local desk in ${((performance.now() - began) / 1000).toFixed(0)} s`);
  const local = await pages();
  report(`/tickets over ${TICKETS} tickets of the local desk, p95`, percentile(local.whole, 95), "ms", 100);

  const connectwise = await playConnectWise(port + 50, { tickets: TICKETS });
  try {
    await me.json("PATCH", "/accounts/me/psa", connectwise.enter);
    const { site, company, public_key: publicKey, private_key: privateKey, client_id: clientId } = connectwise.enter;
    const question = new URLSearchParams({
      conditions: "closedFlag=false",
      orderBy: "id desc",
      fields: "id,summary,board/id,board/name,status/id,status/name,priority/id,priority/name,company/id,company/name,contact/id,contact/name,contactName,owner/id,owner/identifier,owner/name,resources,closedFlag,_info/lastUpdated",
      pageSize: "51",
    });
    const url = `${site}/v4_6_release/apis/3.0/service/tickets?${question.toString().replaceAll("+", "%20")}`;
    const login = Buffer.from(`${company}+${publicKey}:${privateKey}`).toString("base64");
    const own = () => timed(url, { authorization: `Basic ${login}`, clientid: clientId });
    const played = await pages(own);
    const asked = (await connectwise.state()).requests;
    await timed(`${server.base}/tickets`, headers);
    report("calls of ConnectWise for a first page of /tickets", (await connectwise.state()).requests - asked, "", 1);
    report(`/tickets over ${TICKETS} tickets of ConnectWise, p95`, percentile(played.whole, 95), "ms");
    report("… beyond ConnectWise's own time, p95", percentile(played.beyond, 95), "ms", 100);
  } finally {
    await connectwise.stop();
  }
} finally {
  await server.stop();
}
