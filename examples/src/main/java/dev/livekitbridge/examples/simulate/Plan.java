package dev.livekitbridge.examples.simulate;

import dev.livekitbridge.client.SessionEvent;
import dev.livekitbridge.client.SessionRequest;
import dev.livekitbridge.core.AudioFrame;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;

/** Who is there in a history: drawn once, from its seed. */
final class Plan {
  private static final int[] FRAME_MILLIS = {20, 60, 100, 100};
  private static final int[] WINDOW_BYTES = {16 << 10, 64 << 10, 1 << 20};

  // How many bridges: "one", "several", "standby" or, half of them one, "mixed".
  private static final String KIND = System.getProperty("simulate.kind", "mixed");

  private final int bridges;
  private final int services;
  private final int usersEach;
  private final int frameMillis;
  private final int windowBytes;
  private final int steps;
  private final boolean standby;
  // Zero where everything is replayed, or played.
  private final int replayMaxAgeMillis;
  private final int liveMaxDelayMillis;

  Plan(Random random) {
    int which = random.nextInt(3);
    boolean several = random.nextInt(2) == 1;
    String mixed = several ? List.of("several", "several", "standby").get(which) : "one";
    String kind = KIND.equals("mixed") ? mixed : KIND;
    bridges = kind.equals("one") ? 1 : 2 + which % 2;
    services = 1 + (random.nextInt(4) == 0 ? 1 : 0);
    usersEach = 1 + (random.nextInt(3) == 0 ? 1 : 0);
    frameMillis = FRAME_MILLIS[random.nextInt(FRAME_MILLIS.length)];
    windowBytes = WINDOW_BYTES[random.nextInt(WINDOW_BYTES.length)];
    steps = 4 + random.nextInt(8);
    standby = kind.equals("standby");
    replayMaxAgeMillis = random.nextInt(6) == 0 ? 200 + random.nextInt(4_000) : 0;
    liveMaxDelayMillis = random.nextInt(6) == 0 ? 200 + random.nextInt(2_000) : 0;
  }

  int bridges() {
    return bridges;
  }

  /** Whether each session keeps a second place. */
  boolean standby() {
    return standby;
  }

  /** Room to client: what is older is not replayed; 0 where all is. */
  long replayMaxAgeNanos() {
    return replayMaxAgeMillis * 1_000_000L;
  }

  /** Client to room: what is later is skipped; 0 where all is played. */
  long liveMaxDelayNanos() {
    return liveMaxDelayMillis * 1_000_000L;
  }

  /** So many frames are 1 MiB, or 1,500: what either side keeps at most. */
  int mostKept() {
    return Math.min(1_500, (1 << 20) / (32 * frameMillis));
  }

  int services() {
    return services;
  }

  int usersEach() {
    return usersEach;
  }

  int frameMillis() {
    return frameMillis;
  }

  int windowBytes() {
    return windowBytes;
  }

  /** How many faults are drawn. */
  int steps() {
    return steps;
  }

  List<String> targets() {
    List<String> targets = new ArrayList<>();
    for (int i = 0; i < bridges; i++) {
      targets.add("bridge" + (char) ('a' + i) + ":1");
    }
    return targets;
  }

  static String resumeKey(User user) {
    return "key of " + user.id;
  }

  SessionRequest request(
      User user, TokenDesk tokens, Consumer<AudioFrame> onAudio, Consumer<SessionEvent> onEvent) {
    return SessionRequest.builder(user.id)
        .room(user.room)
        .liveKitUrl("memory:" + user.room)
        .targetIdentity("alice")
        .resumeKey(resumeKey(user))
        .tokens(tokens::token)
        .standby(standby)
        .replayMaxAge(Duration.ofMillis(replayMaxAgeMillis))
        .liveMaxDelay(Duration.ofMillis(liveMaxDelayMillis))
        .onAudio(onAudio)
        .onEvent(onEvent)
        .build();
  }

  @Override
  public String toString() {
    return bridges
        + " bridge(s), "
        + services
        + " service(s) with "
        + usersEach
        + " user(s) each, frames of "
        + frameMillis
        + " ms, "
        + steps
        + " faults"
        + (standby ? ", standby" : "")
        + (replayMaxAgeMillis > 0 ? ", replays at most " + replayMaxAgeMillis + " ms" : "")
        + (liveMaxDelayMillis > 0 ? ", at most " + liveMaxDelayMillis + " ms late" : "");
  }
}
