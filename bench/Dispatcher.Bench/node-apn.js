// A peer against the sink: node node-apn.js KEY.p8 PORT CONNECTIONS IN_FLIGHT. Prints pushes a second, once it has warmed up.
const apn = require('@parse/node-apn');
const [key, port, connections, inFlight] = process.argv.slice(2);
const warmUp = 2000, stretch = 6000;

const provider = new apn.MultiProvider({
  token: { key, keyId: 'ABC123DEFG', teamId: 'DEF123GHIJ' },
  production: true, address: '127.0.0.1', port: +port, rejectUnauthorized: false, clientCount: +connections,
});
let sent = 0, failed = 0, number = 0;

async function send() {
  for (;;) {
    const push = new apn.Notification();
    push.alert = { title: 'Hello there', body: 'Your order 12345 has shipped and will arrive on Monday' };
    push.sound = 'default';
    push.badge = 1;
    push.topic = 'com.example.app';
    push.pushType = 'alert';
    push.payload = { orderId: '12345' };
    const token = (number++ % 0x1000000).toString(16).padStart(64, '0');
    const { failed: failures } = await provider.send(push, token);
    if (failures.length === 0) sent++; else failed++;
  }
}

for (let i = 0; i < +inFlight; i++) send();
setTimeout(() => {
  const before = sent, start = Date.now();
  setTimeout(() => {
    console.log(`${((sent - before) * 1000 / (Date.now() - start)).toFixed(0)} pushes/s, ${failed} failed`);
    process.exit(failed > 0 ? 1 : 0);
  }, stretch);
}, warmUp);
