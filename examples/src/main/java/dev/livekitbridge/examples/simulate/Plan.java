package dev.livekitbridge.examples.simulate;

import dev.livekitbridge.client.SessionEvent;
import dev.livekitbridge.client.SessionRequest;
import dev.livekitbridge.core.AudioFrame;
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
  }

  int bridges() {
    return bridges;
  }

  /** Whether each session keeps a second place. */
  boolean standby() {
    return standby;
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

  SessionRequest request(
      User user, TokenDesk tokens, Consumer<AudioFrame> onAudio, Consumer<SessionEvent> onEvent) {
    return SessionRequest.builder(user.id)
        .room(user.room)
        .liveKitUrl("memory:" + user.room)
        .targetIdentity("alice")
        .resumeKey("key of " + user.id)
        .tokens(tokens::token)
        .standby(standby)
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
        + (standby ? ", standby" : "");
  }
}
