package dev.livekitbridge.examples.simulate;

import dev.livekitbridge.client.TokenRequest;
import dev.livekitbridge.examples.simulate.net.SimExecutor;
import dev.livekitbridge.examples.simulate.net.SimProcess;
import dev.livekitbridge.examples.simulate.net.VirtualTime;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;

/** Where services get tokens: it takes its time, fails, gives nothing, or never answers. */
final class TokenDesk {
  /** How it works. */
  enum Mood {
    FINE,
    THROWS,
    EMPTY,
    HANGS
  }

  private final VirtualTime time;
  private final Map<String, String> minted = new HashMap<>();
  private Mood mood = Mood.FINE;
  private long delayNanos = 1_000_000;

  TokenDesk(VirtualTime time) {
    this.time = time;
  }

  void works(Mood now, long nanos) {
    mood = now;
    delayNanos = nanos;
  }

  String token(TokenRequest request) {
    return switch (mood) {
      case THROWS -> throw new IllegalStateException("the token desk is on fire");
      case EMPTY -> "";
      case FINE, HANGS ->
          mint(request.identity().isEmpty() ? request.userId() : request.identity());
    };
  }

  private String mint(String identity) {
    return minted.computeIfAbsent(
        identity,
        who -> {
          byte[] claims = ("{\"sub\":\"" + who + "\"}").getBytes(StandardCharsets.UTF_8);
          return "e30." + Base64.getUrlEncoder().withoutPadding().encodeToString(claims) + ".x";
        });
  }

  /** The threads of a process that ask here. */
  SimExecutor clerks(SimProcess process) {
    return new SimExecutor() {
      @Override
      public void execute(Runnable asks) {
        if (mood != Mood.HANGS) {
          VirtualTime.Event unused = time.after(delayNanos, process, asks);
        }
      }
    };
  }
}
