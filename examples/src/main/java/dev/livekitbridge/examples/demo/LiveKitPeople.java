package dev.livekitbridge.examples.demo;

import com.fasterxml.jackson.databind.JsonNode;
import dev.livekitbridge.examples.harness.ChildProcess;
import dev.livekitbridge.examples.harness.JvmSpec;
import dev.livekitbridge.examples.harness.ProcessGroup;
import dev.livekitbridge.examples.livekit.LiveKitAccess;
import dev.livekitbridge.examples.livekit.LiveKitAdmin;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/** People in a real LiveKit room: a {@link LiveKitCrowd}, a process of its own. */
final class LiveKitPeople implements People {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final LiveKitAdmin admin;
  private final LiveKitAccess access;
  private final ProcessGroup processes;
  private final String room;
  private final int stream;
  private final Path recording;
  private final SpokenNotes notes = new SpokenNotes();
  // Guarded by this.
  private final Queue<JsonNode> told = new ArrayDeque<>();
  private volatile int speechSaid;
  private @Nullable ChildProcess crowd;

  LiveKitPeople(LiveKitAccess access, ProcessGroup processes, String room, int stream, Path out) {
    this.admin = new LiveKitAdmin(access);
    this.access = access;
    this.processes = processes;
    this.room = room;
    this.stream = stream;
    this.recording = out.resolve("logs").resolve("heard-" + room + ".pcm");
  }

  @Override
  public void listen() {
    ChildProcess started =
        processes.start(
            JvmSpec.of(
                    "people-" + room,
                    LiveKitCrowd.class,
                    access.url(),
                    room,
                    Integer.toString(stream),
                    recording.toString())
                .environment("LIVEKIT_API_KEY", access.key())
                .environment("LIVEKIT_API_SECRET", access.secret())
                .onEvent(this::onEvent));
    crowd = started;
    started.await("listening", LIMIT);
  }

  private void onEvent(JsonNode event) {
    switch (event.path("event").asText()) {
      case "said", "note" -> {
        synchronized (this) {
          told.add(event);
        }
      }
      case "speech" -> speechSaid = event.path("frames").asInt();
      default -> {
        // Said for others to wait for.
      }
    }
  }

  private void tell(String order, String answer) {
    ChildProcess running = crowd;
    if (running != null && running.alive()) {
      running.tell(order);
      running.await(answer, LIMIT);
    }
  }

  @Override
  public void speak(byte[] speech) {
    // The crowd has the same recording.
    tell("speak", "speaking");
  }

  @Override
  public void fallSilent() {
    tell("silence", "silent");
  }

  @Override
  public void leave() {
    tell("leave", "left");
  }

  @Override
  public synchronized void refresh(FrameFlow toService, FrameFlow toRoom) {
    for (JsonNode event = told.poll(); event != null; event = told.poll()) {
      long at = event.path("t").asLong();
      if (event.path("event").asText().equals("said")) {
        toService.sent(FrameFlow.number(stream, event.path("n").asInt()), at);
      } else {
        toRoom.heard(notes.heard(event.path("note").asInt()), at);
      }
    }
  }

  @Override
  public int speechSaid() {
    return speechSaid;
  }

  @Override
  public byte[] speechHeard(String service) {
    try {
      return Files.exists(recording) ? Files.readAllBytes(recording) : new byte[0];
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public int bridges() {
    return (int) admin.participants(room).stream().filter(Stage.USER::equals).count();
  }
}
