// Takes Hamon's webhooks: HAMON_WEBHOOK_SECRET=whsec_… node receive.mjs [port]
import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';

const key = Buffer.from((process.env.HAMON_WEBHOOK_SECRET ?? '').replace(/^whsec_/, ''), 'base64');
if (key.length < 24) throw new Error('set HAMON_WEBHOOK_SECRET to what the sender has');

/** Signed with the key, over these very bytes, within the last five minutes. */
function isGenuine(headers, body) {
  const { 'webhook-id': id, 'webhook-timestamp': at, 'webhook-signature': signatures = '' } = headers;
  if (!(Math.abs(Date.now() / 1000 - Number(at)) <= 300)) return false;
  const expected = createHmac('sha256', key).update(`${id}.${at}.`).update(body).digest();
  return signatures.split(' ').some((signature) => {
    const given = Buffer.from(signature.replace(/^v1,/, ''), 'base64');
    return given.length === expected.length && timingSafeEqual(given, expected);
  });
}

const seen = new Set();
const server = createServer((request, response) => {
  const parts = [];
  request.on('data', (part) => parts.push(part));
  request.on('end', () => {
    const body = Buffer.concat(parts);
    if (!isGenuine(request.headers, body)) return response.writeHead(401).end();
    // Whatever is slow comes after the answer: an attempt ends after ten seconds.
    response.writeHead(204).end();
    const id = request.headers['webhook-id'];
    if (seen.has(id)) return;
    seen.add(id);
    const message = JSON.parse(body);
    if (message.schema === 'hamon.record/2') {
      // An answer of a gateway, see docs/GATEWAY.md.
      const { stream, verdict = 'answer', at, result, error } = message;
      console.log(`${stream} at ${at}: ${verdict}: ${JSON.stringify(result?.output ?? error)}`);
      return;
    }
    const { type, data } = message;
    console.log(`${type}: ${data.rollout.model}@${data.rollout.version}: ${data.reason}; ${data.command}`);
  });
});
server.listen(Number(process.argv[2] ?? 8099), '127.0.0.1', () => {
  console.log(`listening on http://127.0.0.1:${server.address().port}`);
});
