// A FlowPilot of its own for measuring, soaking and pictures, and a person's view of its API.
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";

const root = resolve(import.meta.dirname, "../..");
const binary = join(process.env.CARGO_TARGET_DIR ?? join(root, "target"), "release/flowpilot");

export const DEMO = { email: "demo@flowpilot.local", password: "flowpilot-demo" };

/** How every script starts the browser. */
export const CHROMIUM = {
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
  ],
};

export const pause = (milliseconds) => new Promise((go) => setTimeout(go, milliseconds));

/** A process that serves and is ready. */
async function served(env, base) {
  const process = spawn(binary, ["serve"], { env, cwd: root, stdio: ["ignore", "ignore", "inherit"] });
  for (let tries = 0; ; tries += 1) {
    const ready = await fetch(`${base}/readyz`).catch(() => undefined);
    if (ready?.ok) return process;
    if (tries > 600 || process.exitCode !== null) {
      await Promise.race([ended(process, "SIGTERM"), pause(10_000)]);
      await ended(process, "SIGKILL");
      throw new Error("FlowPilot did not start");
    }
    await pause(100);
  }
}

/** Starts FlowPilot on a fresh data folder. `demo: false` leaves it as it is before the first owner; `also`: variables beside the usual ones. */
export async function startServer(port, { demo = true, also = {} } = {}) {
  const data = mkdtempSync("/tmp/flowpilot-script-");
  execFileSync("chmod", ["755", data]);
  const env = {
    ...process.env,
    FLOWPILOT_DATA_DIR: data,
    FLOWPILOT_DEMO: demo ? "1" : "0",
    FLOWPILOT_TURNS_PER_MINUTE: "0",
    FLOWPILOT_WRITES_PER_MINUTE: "0",
    LEPTOS_SITE_ADDR: `127.0.0.1:${port}`,
    LEPTOS_SITE_ROOT: join(root, "target/site"),
    RUST_LOG: process.env.RUST_LOG ?? "warn",
    ...also,
  };
  const base = `http://127.0.0.1:${port}`;
  /** A process that was killed leaves its database running. */
  const endPostgres = async () => {
    try {
      process.kill(server.postgres(), "SIGQUIT");
    } catch {
      return;
    }
    await pause(500);
  };
  const server = {
    base,
    data,
    env,
    token: undefined,
    process: undefined,
    /** Serves (again) and waits until it is ready. */
    async serve() {
      server.process = await served(env, base);
    },
    /** Runs a command beside the server and gives what it prints. */
    command: (...args) => execFileSync(binary, args, { env, cwd: root }).toString().trim(),
    /** Resident memory of FlowPilot alone, in MB. */
    memory: () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${server.process.pid}/status`, "utf8"))[1]) / 1024,
    /** The process of the embedded Postgres. */
    postgres: () => Number(readFileSync(join(data, "postgres/postmaster.pid"), "utf8").split("\n")[0]),
    /** Ends the process without a word. */
    async kill() {
      await ended(server.process, "SIGKILL");
    },
    async stop() {
      await ended(server.process, "SIGTERM");
      await endPostgres();
      rmSync(data, { recursive: true, force: true });
    },
  };
  await server.serve().catch((error) => {
    rmSync(data, { recursive: true, force: true });
    throw error;
  });
  if (demo) server.token = server.command("token", "create", "--user", DEMO.email);
  return server;
}

/** Another process on the same database and keys; `demo: true` lets it reach ticket systems on this machine too. */
export async function secondNode(first, port, { demo = false } = {}) {
  const sockets = readFileSync(join(first.data, "postgres/postmaster.pid"), "utf8").split("\n")[4];
  const env = {
    ...first.env,
    DATABASE_URL: `postgres://flowpilot@localhost:5432/flowpilot?host=${encodeURIComponent(sockets)}`,
    FLOWPILOT_DEMO: demo ? "1" : "0",
    LEPTOS_SITE_ADDR: `127.0.0.1:${port}`,
  };
  const base = `http://127.0.0.1:${port}`;
  let node = await served(env, base);
  return {
    base,
    async serve() {
      node = await served(env, base);
    },
    kill: () => ended(node, "SIGKILL"),
    stop: () => ended(node, "SIGTERM"),
  };
}

/** ConnectWise PSA, as `flowpilot psa simulate` plays it; `enter` is what connects an account to it. */
export async function playConnectWise(port, { tickets = 0 } = {}) {
  const args = ["psa", "simulate", "--port", String(port), "--tickets", String(tickets)];
  const player = spawn(binary, args, { cwd: root, stdio: ["ignore", "pipe", "inherit"] });
  const card = await new Promise((told, failed) => {
    let text = "";
    player.once("exit", () => failed(new Error("ConnectWise is not played")));
    player.stdout.on("data", (data) => {
      // What it is asked afterwards is of no interest.
      if (text.length < 4096) text += data;
      if (/Client ID +\S+\n/.test(text)) told(text);
    });
  });
  const line = (name) => new RegExp(`${name} +(\\S+)`).exec(card)[1];
  const base = line("Site");
  const control = async (method, path, body) => {
    const response = await fetch(`${base}/simulator${path}`, { method, body: body && JSON.stringify(body) });
    if (!response.ok) throw new Error(`${method} /simulator${path}: ${response.status}`);
    return response.status === 204 ? undefined : response.json();
  };
  return {
    enter: {
      provider: "connectwise",
      site: base,
      company: line("Company"),
      public_key: line("Public key"),
      private_key: line("Private key"),
      client_id: line("Client ID"),
    },
    /** From now on this share of the requests goes wrong, and `long` of the writes for longer than anybody waits. */
    fail: (seed, rate, long = 0) => control("PUT", "/faults", { seed, rate, long }),
    heal: () => control("DELETE", "/faults"),
    /** What is in it: `{ tickets, notes, requests }`. */
    state: () => control("GET", "/state"),
    stop: () => ended(player, "SIGTERM"),
  };
}

async function ended(process, signal) {
  if (process.exitCode !== null || process.signalCode !== null) return;
  const over = new Promise((done) => process.once("exit", done));
  process.kill(signal);
  await over;
}

export function api({ base, token }) {
  const call = async (method, path, body, headers = {}) => {
    const response = await fetch(`${base}/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json", ...headers },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return response;
  };
  return {
    json: async (method, path, body) => (await call(method, path, body)).json(),
    /** Adds an image to a session; its id. */
    async attach(session, png) {
      const headers = { authorization: `Bearer ${token}`, "content-type": "image/png" };
      const response = await fetch(`${base}/api/v1/ai-sessions/${session}/images`, { method: "POST", headers, body: png });
      if (!response.ok) throw new Error(`the image: ${response.status} ${await response.text()}`);
      return (await response.json()).id;
    },
    /** A whole turn: milliseconds from the request to turn_done. */
    async turn(session, text, key, images = []) {
      const began = performance.now();
      const headers = key ? { "idempotency-key": key } : {};
      const response = await call("POST", `/ai-sessions/${session}/messages`, { text, images }, headers);
      const stream = await response.text();
      if (!stream.includes("event: turn_done")) throw new Error(`the turn did not end well: ${stream.slice(-300)}`);
      return performance.now() - began;
    },
    follow: (session) => fetch(`${base}/api/v1/ai-sessions/${session}/events`, { headers: { authorization: `Bearer ${token}` } }),
  };
}

/** Signs the demo account in. */
export async function signIn(page) {
  await page.goto("/login");
  await page.getByLabel("E-mail").fill(DEMO.email);
  await page.getByLabel("Password").fill(DEMO.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL((url) => url.pathname === "/");
}

export const percentile = (values, p) => [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor((values.length * p) / 100))];

export function report(what, value, unit, limit) {
  const fine = limit === undefined || value <= limit ? "" : "  OVER";
  console.log(`${what.padEnd(62)} ${value.toFixed(1).padStart(8)} ${unit}${limit === undefined ? "" : `  (limit ${limit})`}${fine}`);
}
