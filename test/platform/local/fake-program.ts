/** Stands in for a program of the application: listens, says so, and can be told to misbehave by its environment. */
import { createServer } from 'node:http';

const { HOST, PORT, FAKE = '', FAKE_END_AFTER_MS, APP_VERSION } = process.env;

if (FAKE === 'bad-configuration') {
  process.stderr.write('RATE: must be a number\nSKUS: must be a list\n');
  process.exit(64);
}
if (FAKE === 'fatal') {
  process.stdout.write(`${JSON.stringify({ level: 60, msg: 'the subject is not compatible' })}\n`);
  process.exit(1);
}

const server = createServer((request, response) => {
  if (request.url === '/version') response.end(APP_VERSION);
  else if (request.url === '/env') response.end(JSON.stringify(process.env));
  else response.writeHead(FAKE === 'never-ready' ? 503 : 200).end('state');
});
server.listen(Number(PORT), HOST, () => {
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : 0;
  const line = { level: 30, event: 'listening', address: `http://${HOST}:${port}` };
  process.stdout.write(`${JSON.stringify(line)}\n`);
});
if (FAKE_END_AFTER_MS) setTimeout(() => process.exit(1), Number(FAKE_END_AFTER_MS));
if (FAKE === 'ignores-sigterm') process.on('SIGTERM', () => undefined);
else process.on('SIGTERM', () => process.exit(0));
