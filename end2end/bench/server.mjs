// A FlowPilot of its own for measuring, and a person's view of its API.
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";

const root = resolve(import.meta.dirname, "../..");
const binary = join(process.env.CARGO_TARGET_DIR ?? join(root, "target"), "release/flowpilot");

export async function startServer(port) {
  const data = mkdtempSync("/tmp/flowpilot-bench-");
  execFileSync("chmod", ["755", data]);
  const env = {
    ...process.env,
    FLOWPILOT_DATA_DIR: data,
    FLOWPILOT_DEMO: "1",
    FLOWPILOT_TURNS_PER_MINUTE: "0",
    FLOWPILOT_WRITES_PER_MINUTE: "0",
    LEPTOS_SITE_ADDR: `127.0.0.1:${port}`,
    LEPTOS_SITE_ROOT: join(root, "target/site"),
    RUST_LOG: "warn",
  };
  const server = spawn(binary, ["serve"], { env, cwd: root, stdio: ["ignore", "ignore", "inherit"] });
  const base = `http://127.0.0.1:${port}`;
  for (let tries = 0; ; tries += 1) {
    const ready = await fetch(`${base}/readyz`).catch(() => undefined);
    if (ready?.ok) break;
    if (tries > 300) throw new Error("FlowPilot did not start");
    await new Promise((go) => setTimeout(go, 100));
  }
  const token = execFileSync(binary, ["token", "create", "--user", "demo@flowpilot.local"], { env, cwd: root }).toString().trim();
  return {
    base,
    token,
    env,
    pid: server.pid,
    /** Resident memory of FlowPilot alone, in MB. */
    memory: () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${server.pid}/status`, "utf8"))[1]) / 1024,
    async stop() {
      const ended = new Promise((done) => server.once("exit", done));
      server.kill("SIGTERM");
      await ended;
      rmSync(data, { recursive: true, force: true });
    },
  };
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
    /** A whole turn: milliseconds from the request to turn_done. */
    async turn(session, text) {
      const began = performance.now();
      const response = await call("POST", `/ai-sessions/${session}/messages`, { text });
      const stream = await response.text();
      if (!stream.includes("event: turn_done")) throw new Error(`the turn did not end well: ${stream.slice(-300)}`);
      return performance.now() - began;
    },
    follow: (session) => fetch(`${base}/api/v1/ai-sessions/${session}/events`, { headers: { authorization: `Bearer ${token}` } }),
  };
}

export const percentile = (values, p) => [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor((values.length * p) / 100))];

export function report(what, value, unit, limit) {
  const fine = limit === undefined || value <= limit ? "" : "  OVER";
  console.log(`${what.padEnd(62)} ${value.toFixed(1).padStart(8)} ${unit}${limit === undefined ? "" : `  (limit ${limit})`}${fine}`);
}
