"""Foreign participants of LiveKit rooms for tests: LiveKit's own engine (libwebrtc), driven by lines.

Each line of standard input is a JSON command, each line of standard output a JSON event. Binary data is in
base64. One process holds many participants, told apart by "id".

  {"do": "join", "id": 1, "url": "ws://…", "token": "…"}    -> {"event": "joined", "id": 1}
                                                            with "channels": 2 it hears in stereo
  {"do": "publish", "id": 1, "data": "…", "reliable": true}
  {"do": "say", "id": 1, "pcm": "…"}                        16 kHz mono PCM16; the track comes with the first
  {"do": "unpublish", "id": 1}, {"do": "mute", "id": 1, "muted": true}
  {"do": "leave", "id": 1}                                  -> {"event": "left", "id": 1}
  -> {"event": "heard", "id": 1, "identity": "…", "track": "…", "pcm": "…"}   16 kHz, mono if not asked otherwise
"""

import asyncio
import base64
import json
import sys

from livekit import rtc

RATE = 16000


def tell(**event):
    sys.stdout.write(json.dumps(event) + "\n")
    sys.stdout.flush()


class Participant:
    def __init__(self, number):
        self.id = number
        self.room = rtc.Room()
        self.source = None
        self.publication = None
        self.listening = {}
        self.channels = 1
        self.room.on("track_subscribed", self.on_track)
        self.room.on("track_unsubscribed", self.on_no_track)

    def on_track(self, track, publication, participant):
        if track.kind == rtc.TrackKind.KIND_AUDIO:
            self.listening[publication.sid] = asyncio.create_task(
                self.listen(track, publication.name, participant.identity)
            )

    def on_no_track(self, track, publication, participant):
        task = self.listening.pop(publication.sid, None)
        if task:
            task.cancel()

    async def listen(self, track, name, identity):
        stream = rtc.AudioStream(track, sample_rate=RATE, num_channels=self.channels)
        try:
            async for event in stream:
                pcm = base64.b64encode(bytes(event.frame.data)).decode()
                tell(event="heard", id=self.id, identity=identity, track=name, pcm=pcm)
        finally:
            await stream.aclose()

    async def join(self, command):
        self.channels = int(command.get("channels", 1))
        await self.room.connect(command["url"], command["token"])
        tell(event="joined", id=self.id)

    async def publish(self, command):
        await self.room.local_participant.publish_data(
            base64.b64decode(command["data"]), reliable=command.get("reliable", True)
        )

    async def say(self, command):
        if self.source is None:
            self.source = rtc.AudioSource(RATE, 1, queue_size_ms=60000)
            track = rtc.LocalAudioTrack.create_audio_track("microphone", self.source)
            options = rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_MICROPHONE)
            self.publication = await self.room.local_participant.publish_track(track, options)
        pcm = base64.b64decode(command["pcm"])
        await self.source.capture_frame(rtc.AudioFrame(pcm, RATE, 1, len(pcm) // 2))

    async def mute(self, command):
        if command["muted"]:
            self.publication.track.mute()
        else:
            self.publication.track.unmute()

    async def unpublish(self, command):
        await self.room.local_participant.unpublish_track(self.publication.sid)
        self.source = self.publication = None

    async def leave(self, command):
        for task in self.listening.values():
            task.cancel()
        await self.room.disconnect()
        tell(event="left", id=self.id)


async def obey(participant, commands):
    while True:
        command = await commands.get()
        try:
            await getattr(participant, command["do"])(command)
        except Exception as error:  # Told to the test, which decides.
            tell(event="failed", id=participant.id, what=command["do"], why=type(error).__name__)
        if command["do"] == "leave":
            return


async def main():
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader(limit=1 << 24)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    queues = {}
    tasks = set()
    while line := await reader.readline():
        command = json.loads(line)
        number = command["id"]
        if command["do"] == "join":
            queues[number] = asyncio.Queue()
            task = asyncio.create_task(obey(Participant(number), queues[number]))
            tasks.add(task)
            task.add_done_callback(tasks.discard)
        if number in queues:
            queues[number].put_nowait(command)


asyncio.run(main())
