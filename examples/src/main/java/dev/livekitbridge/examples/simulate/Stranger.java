package dev.livekitbridge.examples.simulate;

import com.google.protobuf.ByteString;
import dev.livekitbridge.examples.simulate.net.Host;
import dev.livekitbridge.examples.simulate.net.SimProcess;
import dev.livekitbridge.proto.AudioChunk;
import dev.livekitbridge.proto.JoinRoomRequest;
import dev.livekitbridge.proto.JoinRoomResponse;
import dev.livekitbridge.proto.LiveKitBridgeGrpc;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * Knows users by name, and not all of what a takeover needs. Its joins put a session of its own in
 * the place of the user's, as those of anybody do; it never gets that session, nor what was said
 * before it came.
 */
final class Stranger {
  /** How its tokens end. */
  private static final String MARK = ".stranger";

  private static final List<String> WRONG = List.of("key", "lack of a key", "room", "address");

  private final World world;
  private final Random random;
  private @Nullable SimProcess process;
  private int joins;

  Stranger(World world) {
    this.world = world;
    this.random = world.random;
  }

  /** Whether a join is one of its own. */
  static boolean isToken(String token) {
    return token.endsWith(MARK);
  }

  /** Whether it ever came. */
  boolean came() {
    return joins > 0;
  }

  /** Asks for a user's place. */
  void join(User user, BridgeMachine bridge) {
    Host host = world.network.host("stranger");
    SimProcess self = process;
    if (self == null) {
      self = world.network.boot(host, "stranger/1");
      process = self;
    }
    int wrong = random.nextInt(WRONG.size());
    joins++;
    world.story.tell(
        user.id, () -> "a stranger asks " + bridge.address() + ", wrong " + WRONG.get(wrong));
    // Each its own: what it joined before it may take over.
    String elsewhere = "room " + joins;
    JoinRoomRequest request =
        JoinRoomRequest.newBuilder()
            .setUserId(user.id)
            .setRoomName(wrong == 2 ? elsewhere : user.room)
            .setLivekitUrl("memory:" + (wrong == 3 ? elsewhere : user.room))
            .setTargetIdentity("alice")
            .setToken(token(user.id))
            .setResumeKey(wrong == 0 ? "guess " + joins : wrong == 1 ? "" : Plan.resumeKey(user))
            .setResumeWindowMs(random.nextInt(2) * 5_000)
            .setInstance("stranger " + joins)
            .setAttempt(1)
            .build();
    boolean listens = random.nextBoolean();
    long staysNanos = random.nextLong(3_000) * 1_000_000;
    Visit visit = new Visit(user, WRONG.get(wrong), bridge, staysNanos, listens);
    LiveKitBridgeGrpc.newStub(world.network.channel(host, self, bridge.address()).build())
        .joinRoom(request, visit);
  }

  /** Is gone for good. */
  void stop() {
    if (process != null) {
      world.network.kill(world.network.host("stranger"), true);
    }
  }

  private static String token(String identity) {
    byte[] claims = ("{\"sub\":\"" + identity + "\"}").getBytes(StandardCharsets.UTF_8);
    return "e30." + Base64.getUrlEncoder().withoutPadding().encodeToString(claims) + MARK;
  }

  /** One join, and what follows. */
  private final class Visit implements StreamObserver<JoinRoomResponse> {
    private final User user;
    private final String wrong;
    private final BridgeMachine bridge;
    private final long staysNanos;
    private final boolean listens;
    private final int saidBefore;

    Visit(User user, String wrong, BridgeMachine bridge, long staysNanos, boolean listens) {
      this.user = user;
      this.wrong = wrong;
      this.bridge = bridge;
      this.staysNanos = staysNanos;
      this.listens = listens;
      this.saidBefore = user.said;
    }

    @Override
    public void onNext(JoinRoomResponse answer) {
      if (answer.getResumed()) {
        world.verdict.broken(
            "a stranger took over the session of " + user.id + " with a wrong " + wrong);
      }
      SimProcess self = process;
      if (!answer.getSuccess() || !listens || self == null) {
        return;
      }
      StreamObserver<AudioChunk> says =
          LiveKitBridgeGrpc.newStub(
                  world
                      .network
                      .channel(world.network.host("stranger"), self, bridge.address())
                      .build())
              .streamAudio(new Ear());
      says.onNext(
          AudioChunk.newBuilder()
              .setUserId(user.id)
              .setSessionId(answer.getSessionId())
              .setAttempt(2)
              .setSampleRate(16_000)
              .setChannels(1)
              .build());
      world.time.after(
          staysNanos,
          self,
          () -> says.onError(Status.CANCELLED.withDescription("gone").asRuntimeException()));
    }

    @Override
    public void onError(Throwable error) {}

    @Override
    public void onCompleted() {}

    private final class Ear implements StreamObserver<AudioChunk> {
      @Override
      public void onNext(AudioChunk chunk) {
        ByteString pcm = chunk.getPcmData();
        if (!pcm.isEmpty() && Numbered.number(pcm) <= saidBefore) {
          world.verdict.broken(
              "a stranger hears frame "
                  + Numbered.number(pcm)
                  + " of "
                  + user.id
                  + "'s room, which was said before it came");
        }
      }

      @Override
      public void onError(Throwable error) {}

      @Override
      public void onCompleted() {}
    }
  }
}
