package dev.livekitbridge.server.session;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.livekitbridge.proto.AudioChunk;
import dev.livekitbridge.proto.AudioInput;
import dev.livekitbridge.proto.JoinRoomRequest;
import dev.livekitbridge.proto.JoinRoomResponse;
import dev.livekitbridge.proto.LeaveRoomRequest;
import dev.livekitbridge.server.room.livekit.fuzz.FuzzInput;
import java.time.Duration;
import java.util.List;

/**
 * Any joins, resumed and not, and leaves: every one is answered once, and nobody is left behind.
 */
public final class JoinFuzz {
  private JoinFuzz() {}

  public static void fuzzerTestOneInput(byte[] input) {
    SessionKit kit = new SessionKit();
    for (byte[] packet : FuzzInput.packets(input)) {
      JoinRoomRequest request;
      try {
        request = JoinRoomRequest.parseFrom(packet);
      } catch (InvalidProtocolBufferException e) {
        continue;
      }
      SessionKit.Join join = kit.begin(request.toBuilder());
      FuzzInput.check(join.answers.size() == 1, "a join is answered once");
      JoinRoomResponse answer = join.answer();
      FuzzInput.check(
          answer.getSuccess() != answer.containsMetadata("reason"), "a refusal has a reason");
      FuzzInput.check(
          request.getToken().length() < 8 || !answer.getError().contains(request.getToken()),
          "a token is told");
      if (answer.getSuccess()) {
        FuzzInput.check(
            answer.getResumeWindowMs() >= 0 && answer.getResumeWindowMs() <= 60_000, "the window");
        FakeStream stream = new FakeStream();
        stream.attached(
            kit.registry.open(
                AudioChunk.newBuilder()
                    .setUserId(request.getUserId())
                    .setSessionId(answer.getSessionId())
                    .setAttempt(request.getAttempt() + 1)
                    .build(),
                stream));
        kit.advance(Duration.ofMillis(10));
      }
      kit.assertNothingLeftBehind();
      if (request.getAttempt() % 2 == 1) {
        kit.leave(LeaveRoomRequest.newBuilder().setUserId(request.getUserId()));
      }
    }
    kit.advance(Duration.ofMinutes(3));
    kit.assertNothingLeftBehind();
  }

  public static List<byte[]> seeds() {
    byte[] plain = SessionKit.request("u").build().toByteArray();
    byte[] resumable =
        SessionKit.resumable("u")
            .setInstance("one")
            .setAttempt(2)
            .setAudioInput(AudioInput.BOTH)
            .setReplayMaxAgeMs(100)
            .setLiveMaxDelayMs(100)
            .addIgnoreIdentities("sibling")
            .build()
            .toByteArray();
    byte[] other = SessionKit.resumable("u").setInstance("two").setAttempt(1).build().toByteArray();
    return List.of(
        FuzzInput.of(plain, resumable, other),
        FuzzInput.of(resumable, resumable, plain),
        FuzzInput.of(other, resumable, other, plain));
  }
}
