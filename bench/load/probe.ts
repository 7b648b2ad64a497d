import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

/** True when a GET is answered with a 200. */
export async function answers(port: number, tls: boolean, host = 'localhost'): Promise<boolean> {
  return /^HTTP\/1\.[01] 200 /.test(await answer(port, tls, host));
}

/** True when a GET over HTTP/1.1 and TLS is answered with anything: what takes gRPC alone says so (464). */
export async function speaksTls(port: number, host = 'localhost'): Promise<boolean> {
  return /^HTTP\/1\.[01] \d/.test(await answer(port, true, host));
}

/** True when somebody takes connections. */
export function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port }, () => socket.destroy());
    socket.once('error', () => resolve(false));
    socket.once('close', (broken) => resolve(!broken));
  });
}

function answer(port: number, tls: boolean, host: string): Promise<string> {
  return new Promise((resolve) => {
    const request = `GET /1k HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`;
    const socket: Socket = tls
      ? connectTls({ host: '127.0.0.1', port, rejectUnauthorized: false }, () => socket.write(request))
      : connect({ host: '127.0.0.1', port }, () => socket.write(request));
    let text = '';
    socket.setTimeout(1000, () => socket.destroy());
    socket.on('data', (data) => {
      text += data.toString('latin1');
      if (text.includes('\r\n')) socket.destroy();
    });
    socket.once('error', () => undefined);
    socket.once('close', () => resolve(text));
  });
}
