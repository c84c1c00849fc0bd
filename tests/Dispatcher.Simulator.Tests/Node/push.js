// Pushes through a running simulator with the clients that most Node programs use, and prints what they saw.
// node push.js simulator.json plain|wire
const fs = require('node:fs');
const tls = require('node:tls');

const world = JSON.parse(fs.readFileSync(process.argv[2], 'utf8'));
const onWire = process.argv[3] === 'wire';
const ca = fs.readFileSync(world.caPath);
const good = '7f3a00112233445566778899aabbccddeeff00112233445566778899aabbccdd';

// firebase-admin knows no address but Google's: whoever dials there gets the simulator, by HTTP/2 the wire port if that was asked for.
const connect = tls.connect;
tls.connect = (...args) => {
  const options = typeof args[0] === 'object' ? { ...args[0] } : { ...args.find((arg) => typeof arg === 'object'), port: args[0], host: args[1] };
  if (!/\.googleapis\.com$/.test(options.host ?? '')) return connect(...args);
  const isHttp2 = [options.ALPNProtocols].flat().includes('h2');
  const target = new URL(isHttp2 && onWire ? world.fcmWire : world.fcm);
  const callback = args.find((arg) => typeof arg === 'function');
  return connect({ ...options, host: target.hostname, port: +target.port, ca, checkServerIdentity: () => undefined }, callback);
};

// No key file: the credential comes from the metadata server.
process.env.GCE_METADATA_HOST = new URL(world.metadata).host;
delete process.env.GOOGLE_APPLICATION_CREDENTIALS;
const apn = require('@parse/node-apn');
const { initializeApp, applicationDefault } = require('firebase-admin/app');
const { getMessaging } = require('firebase-admin/messaging');

async function apns() {
  const at = new URL(onWire ? world.apnsWire : world.apns);
  const provider = new apn.Provider({
    token: { key: world.apnsKeyPath, keyId: world.apnsKeyId, teamId: world.apnsTeamId },
    address: at.hostname, port: +at.port, ca, production: false,
  });
  const notification = new apn.Notification({ alert: { title: 'Ada', body: 'Lunch?' }, topic: world.apnsBundleId, pushType: 'alert' });
  // One after the other: on the wire port, APNs lets one stream in until it has seen a valid token, and after every error.
  const results = [];
  for (const token of [good, 'fa114100' + good.slice(8), 'fa114000' + good.slice(8), good]) results.push(await provider.send(notification, token));
  await provider.shutdown();
  return results.map((result) => result.sent.length ? 'sent' : `${result.failed[0].status} ${result.failed[0].response?.reason ?? result.failed[0].error}`);
}

async function fcm() {
  initializeApp({ credential: applicationDefault(), projectId: world.fcmProjectId });
  const messaging = getMessaging();
  // Its HTTP/2 requests say ":scheme: https:", which Google lets pass and Kestrel does not.
  if (!onWire) messaging.enableLegacyHttpTransport();
  const tokens = ['fGh:APA91b-good', 'fail-404-UNREGISTERED:x', 'fail-400-INVALID_ARGUMENT:x', 'fail-403-SENDER_ID_MISMATCH:x'];
  const each = await messaging.sendEach(tokens.map((token) => ({ token, notification: { title: 'Ada', body: 'Lunch?' }, android: { priority: 'high', ttl: 60000 } })));
  const dry = await messaging.send({ topic: 'news', data: { room: '42' } }, true);
  const topics = await messaging.subscribeToTopic(tokens.slice(0, 2), 'news');
  return {
    each: each.responses.map((response) => (response.success ? 'sent' : response.error.code)),
    dry: dry.split('/').pop(),
    topics: [topics.successCount, ...topics.errors.map((error) => error.error.code)],
  };
}

(async () => {
  console.log(JSON.stringify({ apns: await apns(), fcm: await fcm() }));
  process.exit(0);
})().catch((error) => {
  console.error(error);
  process.exit(1);
});
