import { System } from '/work/main/src/app/system.ts';
import { readSettings } from '/work/main/src/app/settings.ts';
const s = await System.start(readSettings({ data: process.argv[2], endpoint: process.argv[3], workers: process.argv[4] ?? '1' }, {}), { onCall: (r) => { if (r.status >= 400) console.error(r.service, r.operation, r.status, r.code, r.message, r.cause); }, onError: (e) => console.error(e) });
console.log(JSON.stringify({ event: 'ready', endpoint: s.endpointUrl, pid: process.pid }));
process.on('SIGTERM', () => void s.stop(5000).then(() => process.exit(0)));
process.on('SIGINT', () => void s.stop(5000).then(() => process.exit(0)));
setInterval(() => {}, 1e6);
