package dev.livekitbridge.examples.demo;

import com.fasterxml.jackson.databind.JsonNode;
import dev.livekitbridge.examples.roomhost.NumberedFrames;
import java.util.concurrent.atomic.AtomicInteger;

/** Hears what the service tells, and puts it into the flows, the books and the story. */
final class ServiceEvents {
  private final Story story;
  private final FrameFlow toService;
  private final FrameFlow toRoom;
  private final Ledgers ledgers;
  private final AtomicInteger lostSpans = new AtomicInteger();

  ServiceEvents(Story story, FrameFlow toService, FrameFlow toRoom, Ledgers ledgers) {
    this.story = story;
    this.toService = toService;
    this.toRoom = toRoom;
    this.ledgers = ledgers;
  }

  /** How often the client told that frames will not come. */
  int lostSpans() {
    return lostSpans.get();
  }

  void accept(JsonNode event) {
    long at = event.path("t").asLong();
    switch (event.path("event").asText()) {
      case "heard" -> onHeard(event.path("n").asLong(), at);
      case "sent" -> toRoom.sent(event.path("n").asLong(), at);
      case "state" -> story.state(event.path("state").asText(), at, event.path("fault").asText());
      case "stats" -> ledgers.ofClient(event);
      case "reconnected" ->
          story.note("service reconnected, tries: " + event.path("tries").asInt());
      case "lost" -> {
        lostSpans.incrementAndGet();
        story.note("service is told of a loss: " + lostText(event));
      }
      case "dropped" ->
          story.note(
              "dropped and counted: "
                  + event.path("frames").asLong()
                  + " frames, "
                  + event.path("cause").asText());
      case "draining" -> story.note("service is told that the bridge drains");
      case "error" -> story.broken("exception in the service: " + event.path("text").asText());
      case "ended" -> onEnded(event);
      default -> {
        // Said for others to wait for.
      }
    }
  }

  private static String lostText(JsonNode event) {
    long frames = event.path("frames").asLong();
    return (frames > 0 ? frames + " frames" : "an unknown number of frames")
        + ", "
        + event.path("millis").asLong()
        + " ms";
  }

  private void onHeard(long number, long at) {
    if (number == NumberedFrames.BROKEN) {
      story.broken("a frame arrived damaged");
    } else {
      toService.heard(number, at);
    }
  }

  private void onEnded(JsonNode event) {
    String reason = event.path("reason").asText();
    if (!reason.equals("LEFT")) {
      story.broken("the session ended: " + reason + " " + event.path("detail").asText());
    }
  }
}
