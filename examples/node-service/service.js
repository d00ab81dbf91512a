// A service in Node that says back whatever it hears, over the fixed wire alone: JoinRoom, StreamAudio, heartbeats,
// and a fresh join after every break. It knows nothing of sequences, sessions or resuming.
import { fileURLToPath } from 'node:url';
import grpc from '@grpc/grpc-js';
import loader from '@grpc/proto-loader';

const SAMPLE_RATE = 16000;
const HEARTBEAT_MS = 5000;
const FIRST_WAIT_MS = 50;
const LONGEST_WAIT_MS = 5000;

const proto = process.env.BRIDGE_PROTO
  ?? fileURLToPath(new URL('../../proto/src/main/proto/livekit_bridge.proto', import.meta.url));
const { LiveKitBridge } = grpc.loadPackageDefinition(
  loader.loadSync(proto, { keepCase: true, longs: Number, defaults: true }),
).mentra.livekit.bridge;

const [bridge, url, room, user] = process.argv.slice(2);
if (!user) {
  console.error('usage: node service.js BRIDGE ROOM_URL ROOM USER');
  process.exit(2);
}

const client = new LiveKitBridge(bridge, grpc.credentials.createInsecure());
let wait = FIRST_WAIT_MS;
let stopping = false;
let stream;

/** An empty chunk: the first of a stream, and the sign of life in it. */
const empty = () => ({
  user_id: user, pcm_data: Buffer.alloc(0), sample_rate: SAMPLE_RATE, channels: 1, timestamp_ms: Date.now(), track_id: 0,
});

function join() {
  if (stopping) return;
  const request = {
    user_id: user, room_name: room, livekit_url: url, token: process.env.LIVEKIT_TOKEN ?? '', target_identity: '',
  };
  client.JoinRoom(request, { deadline: Date.now() + 15000 }, (error, answer) => {
    if (error || !answer.success) return again(error?.details ?? answer.error);
    speak();
  });
}

function speak() {
  stream = client.StreamAudio();
  stream.write(empty());
  const heartbeat = setInterval(() => stream.write(empty()), HEARTBEAT_MS);
  let over = false;
  const end = (why) => {
    if (over) return;
    over = true;
    clearInterval(heartbeat);
    again(why);
  };
  stream.on('data', (chunk) => {
    wait = FIRST_WAIT_MS;
    stream.write({ ...empty(), pcm_data: chunk.pcm_data });
  });
  stream.on('error', (error) => end(error.details));
  stream.on('end', () => end('the bridge ended the stream'));
  console.log('joined');
}

/** Later each time, at random, so that a thousand services do not come back at once. */
function again(why) {
  if (stopping) return;
  console.log(`away: ${why}`);
  setTimeout(join, Math.random() * wait);
  wait = Math.min(2 * wait, LONGEST_WAIT_MS);
}

process.on('SIGTERM', () => {
  stopping = true;
  stream?.end();
  client.LeaveRoom({ user_id: user, reason: 'the service ends' }, { deadline: Date.now() + 2000 }, () => process.exit(0));
});

join();
