package dev.livekitbridge.server.room.livekit;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import com.google.protobuf.util.JsonFormat;
import dev.livekitbridge.core.AudioFormat;
import dev.livekitbridge.core.AudioFrame;
import dev.livekitbridge.core.TrackId;
import dev.livekitbridge.server.room.RoomHarness;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Participants by foreign engines, each in a process of its own: LiveKit's own (libwebrtc) in
 * Python, {@code src/test/livekit/participants.py}, and pion in Go, {@code src/test/livekit/go}.
 */
final class ForeignParticipants implements AutoCloseable {
  private final Process process;
  private final PrintWriter commands;
  private final Map<Integer, Participant> participants = new ConcurrentHashMap<>();
  private final AtomicInteger ids = new AtomicInteger();

  static ForeignParticipants python() {
    Path script = Path.of("src/test/livekit/participants.py").toAbsolutePath();
    return new ForeignParticipants(
        new ProcessBuilder(LiveKitInstall.python().toString(), script.toString()));
  }

  static ForeignParticipants go() {
    return new ForeignParticipants(new ProcessBuilder(LiveKitInstall.go().toString()));
  }

  private ForeignParticipants(ProcessBuilder command) {
    try {
      process = command.redirectError(ProcessBuilder.Redirect.INHERIT).start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    commands =
        new PrintWriter(
            new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8), true);
    Thread reader = new Thread(this::read, "foreign-participants");
    reader.setDaemon(true);
    reader.start();
  }

  /** Joins and waits until it is in. */
  Participant join(String url, String token) {
    return join(url, token, AudioFormat.VOICE);
  }

  /** Joins as one who hears in a format of 16 kHz; stereo in Python only. */
  Participant join(String url, String token, AudioFormat hears) {
    Participant participant = new Participant(ids.incrementAndGet(), hears);
    participants.put(participant.id, participant);
    participant.tell(
        "join",
        Map.of("url", text(url), "token", text(token), "channels", number(hears.channels())));
    participant.joined.orTimeout(40, TimeUnit.SECONDS).join();
    return participant;
  }

  private void read() {
    try (BufferedReader events = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = events.readLine(); line != null; line = events.readLine()) {
        Struct.Builder event = Struct.newBuilder();
        JsonFormat.parser().merge(line, event);
        Participant participant =
            participants.get((int) event.getFieldsOrThrow("id").getNumberValue());
        if (participant != null) {
          participant.hear(event.getFieldsMap());
        }
      }
    } catch (InvalidProtocolBufferException e) {
      throw new UncheckedIOException(e);
    } catch (IOException e) {
      // The process has ended.
    }
  }

  private static Value number(int number) {
    return Value.newBuilder().setNumberValue(number).build();
  }

  private static Value text(String text) {
    return Value.newBuilder().setStringValue(text).build();
  }

  private static String string(Map<String, Value> event, String name) {
    return event.getOrDefault(name, Value.getDefaultInstance()).getStringValue();
  }

  private static Value base64(byte[] bytes) {
    return text(Base64.getEncoder().encodeToString(bytes));
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }

  /** One of them. */
  final class Participant implements RoomHarness.Foreign {
    private final int id;
    private final AudioFormat hears;
    private final CompletableFuture<Void> joined = new CompletableFuture<>();
    private final CompletableFuture<Void> left = new CompletableFuture<>();
    private final List<RoomHarness.Heard> heard = new CopyOnWriteArrayList<>();
    private final List<String> failures = new CopyOnWriteArrayList<>();

    private Participant(int id, AudioFormat hears) {
      this.id = id;
      this.hears = hears;
    }

    private void tell(String what, Map<String, Value> with) {
      Struct command =
          Struct.newBuilder()
              .putAllFields(with)
              .putFields("do", text(what))
              .putFields("id", number(id))
              .build();
      try {
        String line = JsonFormat.printer().omittingInsignificantWhitespace().print(command);
        synchronized (commands) {
          commands.println(line);
        }
      } catch (InvalidProtocolBufferException e) {
        throw new UncheckedIOException(e);
      }
    }

    private void hear(Map<String, Value> event) {
      switch (string(event, "event")) {
        case "joined" -> joined.complete(null);
        case "left" -> left.complete(null);
        case "heard" ->
            heard.add(
                new RoomHarness.Heard(
                    string(event, "identity"),
                    string(event, "track"),
                    AudioFrame.received(
                        ByteString.copyFrom(Base64.getDecoder().decode(string(event, "pcm"))),
                        hears,
                        TrackId.SPEAKER,
                        0,
                        0,
                        "")));
        default -> {
          failures.add(event.toString());
          joined.completeExceptionally(new IllegalStateException(event.toString()));
        }
      }
    }

    @Override
    public void publish(byte[] data) {
      tell("publish", Map.of("data", base64(data)));
    }

    /** On the lossy channel. */
    void publishLossy(byte[] data) {
      tell(
          "publish",
          Map.of("data", base64(data), "reliable", Value.newBuilder().setBoolValue(false).build()));
    }

    @Override
    public void say(AudioFrame frame) {
      tell("say", Map.of("pcm", base64(frame.toByteArray())));
    }

    void mute(boolean muted) {
      tell("mute", Map.of("muted", Value.newBuilder().setBoolValue(muted).build()));
    }

    void unpublish() {
      tell("unpublish", Map.of());
    }

    @Override
    public List<RoomHarness.Heard> heard() {
      return heard;
    }

    /** What it could not do. */
    List<String> failures() {
      return failures;
    }

    @Override
    public void leave() {
      tell("leave", Map.of());
      left.orTimeout(30, TimeUnit.SECONDS).join();
    }
  }
}
