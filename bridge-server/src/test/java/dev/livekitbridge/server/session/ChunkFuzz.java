package dev.livekitbridge.server.session;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.livekitbridge.core.wire.TrackSequences;
import dev.livekitbridge.proto.AudioChunk;
import dev.livekitbridge.proto.JoinRoomResponse;
import dev.livekitbridge.server.room.livekit.fuzz.FuzzInput;
import java.time.Duration;
import java.util.List;

/** Any chunks of a client, on a stream of a session that outlives it and on one that does not. */
public final class ChunkFuzz {
  private ChunkFuzz() {}

  public static void fuzzerTestOneInput(byte[] input) {
    SessionKit kit = new SessionKit();
    JoinRoomResponse joined = kit.join(SessionKit.resumable("u"));
    kit.join(SessionKit.request("v"));
    FakeStream attached = kit.attach("u", joined);
    FakeStream plain = kit.plain("v");
    for (byte[] packet : FuzzInput.packets(input)) {
      AudioChunk chunk;
      try {
        chunk = AudioChunk.parseFrom(packet);
      } catch (InvalidProtocolBufferException e) {
        continue;
      }
      for (FakeStream stream : List.of(attached, plain)) {
        if (!stream.ended()) {
          stream.edge().onChunk(chunk);
        }
      }
      // As a first chunk: of these two users, or of whom it says.
      FakeStream other = new FakeStream();
      other.attached(kit.registry.open(chunk, other));
      kit.speak(1, 1);
      kit.advance(Duration.ofMillis(20));
      FuzzInput.check(kit.budget.heldBytes() < 64 << 20, "more is held than a session may");
    }
    kit.assertNothingLeftBehind();
    kit.advance(Duration.ofMinutes(2));
    kit.assertNothingLeftBehind();
  }

  public static List<byte[]> seeds() {
    AudioChunk first =
        AudioChunk.newBuilder().setUserId("u").setSampleRate(16_000).setChannels(1).build();
    AudioChunk ack =
        AudioChunk.newBuilder()
            .setPing(7)
            .addAcknowledged(TrackSequences.of(0, 1))
            .addOldestKept(TrackSequences.of(0, 1))
            .build();
    byte[] frame = SessionKit.frame(1).build().toByteArray();
    byte[] second = SessionKit.frame(2).setTrackId(3).build().toByteArray();
    byte[] plain = SessionKit.pcm(64).setTimestampMs(-1).build().toByteArray();
    byte[] attach =
        SessionKit.heartbeat()
            .setUserId("u")
            .setSessionId("id1")
            .setAttempt(9)
            .build()
            .toByteArray();
    return List.of(
        FuzzInput.of(first.toByteArray(), frame, second, ack.toByteArray(), plain),
        FuzzInput.of(plain, frame, frame, SessionKit.heartbeat().build().toByteArray()),
        FuzzInput.of(attach, ack.toByteArray(), second, frame));
  }
}
