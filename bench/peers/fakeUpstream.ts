/**
 * A provider on a loopback port: an answer of 2 kB, or a stream of 200 chunks, each with the time at which it was sent (ns of the system's
 * monotonic clock). The request's `user`, a field that every gateway passes on, is the pace: ms between two chunks; without it they come as
 * fast as they are taken.
 */
import { randomBytes } from 'node:crypto';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

const chunks = 200;
const usage = { prompt_tokens: 1000, completion_tokens: 200, total_tokens: 1200 };
/** Every answer has an id of its own, as providers' have. */
const begin = () => ({
  id: `chatcmpl-${randomBytes(12).toString('hex')}`,
  created: Math.floor(Date.now() / 1000),
  model: 'gpt-4.1',
});
const message = { role: 'assistant', content: 'x'.repeat(1700) };
const makeWhole = () =>
  Buffer.from(
    JSON.stringify({
      ...begin(),
      object: 'chat.completion',
      choices: [{ index: 0, message, finish_reason: 'stop' }],
      usage,
    }),
  );

async function sendStream(response: ServerResponse, pace: number, isUsageAsked: boolean): Promise<void> {
  const common = begin();
  const chunk = (choices: unknown[], told: unknown = null) =>
    `data: ${JSON.stringify({ ...common, object: 'chat.completion.chunk', choices, usage: told })}\n\n`;
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  for (let count = 0; count < chunks && !response.destroyed; count += 1) {
    const content = ` t${process.hrtime.bigint()}t`;
    response.write(chunk([{ index: 0, delta: { content }, finish_reason: null }]));
    await new Promise(resolve => (pace > 0 ? setTimeout(resolve, pace) : setImmediate(resolve)));
  }
  response.end(`${isUsageAsked ? chunk([], usage) : ''}data: [DONE]\n\n`);
}

const server = createServer((request, response) => {
  let body = '';
  request.on('data', piece => {
    body += piece;
  });
  request.on('end', () => {
    const { stream, user, stream_options: options } = JSON.parse(body);
    if (stream === true) {
      void sendStream(response, Number(user ?? 0), options?.include_usage === true);
      return;
    }
    const whole = makeWhole();
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': whole.length });
    response.end(whole);
  });
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () =>
  process.stdout.write(`${JSON.stringify({ port: (server.address() as AddressInfo).port })}\n`),
);
