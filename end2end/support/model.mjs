// A model that speaks the OpenAI-compatible wire format: it streams `tokens` words at `rate` a second, each with the moment it left.
import { createServer } from "node:http";
import { isMainThread, parentPort, workerData, Worker } from "node:worker_threads";

/** Milliseconds, comparable between the threads of this process and others of this machine. */
export const now = () => performance.timeOrigin + performance.now();

/** Starts it in a thread of its own; `left` hears each time that somebody lets go of an answer before its end. */
export function startModel({ tokens = 200, rate = 50 } = {}) {
  return new Promise((ready) => {
    const worker = new Worker(new URL(import.meta.url), { workerData: { tokens, rate } });
    const model = { left: () => undefined, set: (change) => worker.postMessage(change), stop: () => worker.terminate() };
    worker.on("message", (message) => {
      if (message.port) ready(Object.assign(model, { url: `http://127.0.0.1:${message.port}/v1` }));
      else model.left(message.left);
    });
  });
}

if (!isMainThread && workerData?.rate) {
  let { tokens, rate } = workerData;
  let script;
  parentPort.on("message", (change) => ({ tokens = tokens, rate = rate, script } = change));
  const chunk = (delta, finish = null, usage) => `data: ${JSON.stringify({ id: "x", choices: [{ index: 0, delta, finish_reason: finish }], usage })}\n\n`;
  const server = createServer((request, response) => {
    request.resume();
    request.on("end", () => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      let sent = 0;
      const words = script;
      const timer = setInterval(() => {
        if (words ? sent >= words.length : sent >= tokens) {
          clearInterval(timer);
          response.write(chunk({}, "stop"));
          response.write(`data: ${JSON.stringify({ id: "x", choices: [], usage: { prompt_tokens: 900, completion_tokens: sent } })}\n\n`);
          response.end("data: [DONE]\n\n");
          return;
        }
        response.write(chunk({ content: words ? words[sent] : `<${now().toFixed(2)}> ` }));
        sent += 1;
      }, 1000 / rate);
      response.on("close", () => {
        clearInterval(timer);
        if (!response.writableEnded) parentPort.postMessage({ left: now() });
      });
    });
  });
  server.listen(0, "127.0.0.1", () => parentPort.postMessage({ port: server.address().port }));
}
