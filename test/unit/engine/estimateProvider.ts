import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { makeFolder } from './startEngine.ts';

/** A fake Anthropic that takes each prompt for so many tokens, and the settings file that leads the gateway there. */
export async function startFakeProvider(inputTokens: number) {
  let number = 0;
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      number += 1;
      response.setHeader('content-type', 'application/json');
      response.end(
        JSON.stringify({
          id: `msg_${number}`,
          type: 'message',
          role: 'assistant',
          model: 'claude-sonnet-4-5',
          content: [{ type: 'text', text: 'ok' }],
          stop_reason: 'end_turn',
          usage: { input_tokens: inputTokens, output_tokens: 10 },
        }),
      );
    });
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const settings = join(await makeFolder(), 'settings.json');
  await writeFile(settings, JSON.stringify({ gateway: { upstreams: { anthropic: url } } }));
  const close = () => new Promise<void>(resolve => void server.close(() => resolve()));
  return {
    settings,
    close: async () => {
      server.closeAllConnections();
      await close();
    },
  };
}
