/**
 * A forward proxy as a process: `node proxyServer.ts PORT [USER:PASSWORD] [KEY CERTIFICATE]`. Every host is 127.0.0.1:PORT for it. Prints its own port,
 * then a JSON line for each request. With a key and a certificate it speaks TLS itself.
 */
import { readFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import { type AddressInfo, connect } from 'node:net';

const [target = '', user = '', key, certificate] = process.argv.slice(2);
const expected = `Basic ${Buffer.from(user).toString('base64')}`;
const tell = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`);

function isWelcome({ method, url, headers }: http.IncomingMessage): boolean {
  const isAllowed = user === '' || headers['proxy-authorization'] === expected;
  tell({ method, url, isAllowed });
  return isAllowed;
}

function onRequest(request: http.IncomingMessage, response: http.ServerResponse): void {
  if (!isWelcome(request)) {
    response.writeHead(407).end();
    return;
  }
  const { host: _, ...headers } = request.headers;
  const path = new URL(request.url ?? '').pathname;
  const sent = http.request(
    { port: Number(target), host: '127.0.0.1', path, method: request.method, headers },
    answer => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    },
  );
  request.pipe(sent);
}

const server =
  key && certificate
    ? https.createServer({ key: readFileSync(key), cert: readFileSync(certificate) }, onRequest)
    : http.createServer(onRequest);
server.on('connect', (request: http.IncomingMessage, socket, head: Buffer) => {
  socket.on('error', () => {});
  if (!isWelcome(request)) {
    socket.end('HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n');
    return;
  }
  const upstream = connect(Number(target), '127.0.0.1', () => {
    socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
    upstream.write(head);
    upstream.pipe(socket).pipe(upstream);
  });
  upstream.on('error', () => socket.destroy());
});
server.listen(0, '127.0.0.1', () => tell({ port: (server.address() as AddressInfo).port }));
