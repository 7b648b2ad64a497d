// One TLS connection a request, for a time: node handshakes.mjs PORT full|resumed SECONDS CONCURRENCY HOST
import { connect } from 'node:tls';

const [port, mode, seconds, concurrency, host] = [Number(process.argv[2]), process.argv[3], Number(process.argv[4]), Number(process.argv[5]), process.argv[6]];
const started = performance.now();
const end = started + seconds * 1000;
const times = [];
let [requests, resumed, errors] = [0, 0, 0];

function one(session) {
  return new Promise((resolve) => {
    const begun = performance.now();
    let [ticket, answered, reused] = [null, false, false];
    const socket = connect({ host: '127.0.0.1', port, servername: host, rejectUnauthorized: false, session }, () => {
      reused = socket.isSessionReused();
      socket.write(`GET /1k HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
    });
    socket.on('session', (next) => (ticket = next));
    socket.on('data', (data) => {
      if (!answered) answered = data.toString('latin1', 0, 12).endsWith(' 200');
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      times.push((performance.now() - begun) * 1000);
      if (answered) requests++;
      else errors++;
      if (reused) resumed++;
      resolve(ticket);
    });
  });
}

await Promise.all(
  Array.from({ length: concurrency }, async () => {
    let session = mode === 'resumed' ? await one(undefined) : undefined;
    while (performance.now() < end) {
      const ticket = await one(session);
      if (mode === 'resumed') session = ticket ?? session;
    }
  }),
);
times.sort((a, b) => a - b);
const at = (share) => Math.round(times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0);
const us = Math.round((performance.now() - started) * 1000);
process.stdout.write(`RESULT ${JSON.stringify({ requests, us, bytes: 0, p50: at(0.5), p99: at(0.99), p999: at(0.999), errors, resumed })}\n`);
