package dev.livekitbridge.examples.demo;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.livekitbridge.core.AudioFrame;
import dev.livekitbridge.core.CloseReason;
import dev.livekitbridge.core.TimeSource;
import dev.livekitbridge.core.TrackId;
import dev.livekitbridge.examples.audio.NoteListener;
import dev.livekitbridge.examples.audio.Speech;
import dev.livekitbridge.examples.livekit.LiveKitAccess;
import dev.livekitbridge.examples.roomhost.NumberedFrames;
import dev.livekitbridge.examples.terminal.Json;
import dev.livekitbridge.proto.AudioInput;
import dev.livekitbridge.server.room.RoomJoin;
import dev.livekitbridge.server.room.RoomListener;
import dev.livekitbridge.server.room.livekit.LiveKitParticipant;
import dev.livekitbridge.server.room.livekit.LiveKitRooms;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The people in a LiveKit room, a process of its own, so that they outlive every bridge: one says
 * numbered frames and one says speech, as data packets, and one listens to what the service says.
 * Tells what it says and hears as JSON lines, and obeys the lines {@code speak}, {@code silence}
 * and {@code leave}.
 */
public final class LiveKitCrowd {
  private static final int FRAME_SAMPLES = 320;
  private static final int TICK_MILLIS = 4;
  private static final int PATIENCE_SECONDS = 40;
  private static final int LAST_WORDS_MILLIS = 1_000;

  private final TimeSource time = TimeSource.system();
  private final PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(new DefaultThreadFactory("speakers", true));
  // A busy machine is no reason for people to stay away.
  private final LiveKitRooms rooms =
      LiveKitRooms.builder().joinTimeout(Duration.ofSeconds(PATIENCE_SECONDS)).build();
  private final LiveKitAccess access;
  private final String room;
  private final int stream;
  private final OutputStream recording;
  private final byte[] speech = Speech.pcm();
  private @Nullable LiveKitParticipant counter;
  private @Nullable LiveKitParticipant speaker;
  private volatile boolean silent;
  private long startNanos;
  private int numbers;
  private int frames;

  private LiveKitCrowd(LiveKitAccess access, String room, int stream, OutputStream recording)
      throws IOException {
    this.access = access;
    this.room = room;
    this.stream = stream;
    this.recording = recording;
  }

  /**
   * Runs the people.
   *
   * @param args URL, room, stream of the numbered frames, file for what is heard of the speech; key
   *     and secret are in the environment
   * @throws IOException if standard input or the file breaks
   */
  public static void main(String[] args) throws IOException {
    LiveKitAccess access =
        new LiveKitAccess(
            args[0], System.getenv("LIVEKIT_API_KEY"), System.getenv("LIVEKIT_API_SECRET"));
    try (OutputStream recording = Files.newOutputStream(Path.of(args[3]))) {
      new LiveKitCrowd(access, args[1], Integer.parseInt(args[2]), recording).obey();
    }
    System.exit(0);
  }

  private void obey() throws IOException {
    LiveKitParticipant listener = enter("bob", AudioInput.AUDIO_TRACKS, new Ear());
    tell("listening", Map.of());
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      switch (line) {
        case "speak" -> speak();
        case "silence" -> fallSilent();
        case "leave" -> {
          listener.leave(CloseReason.LEFT).join();
          recording.flush();
          tell("left", Map.of());
          rooms.close();
          return;
        }
        default -> tell("error", Map.of("text", "what is '" + line + "'?"));
      }
    }
  }

  private void speak() {
    counter = enter("counter", AudioInput.DATA_PACKETS, new Deaf());
    speaker = enter("alice", AudioInput.DATA_PACKETS, new Deaf());
    startNanos = time.nanoTime();
    timer.scheduleAtFixedRate(this::sayWhatIsDue, 0, TICK_MILLIS, TimeUnit.MILLISECONDS);
    tell("speaking", Map.of());
  }

  /** At the pace of real time; what a busy machine held up is said at once. */
  private void sayWhatIsDue() {
    long frameNanos = TimeUnit.MILLISECONDS.toNanos(DemoService.FRAME_MILLIS);
    long due = (time.nanoTime() - startNanos) / frameNanos + 1;
    while (!silent && numbers < due && say(counter, numbered(numbers + 1))) {
      numbers++;
      tell("said", Map.of("n", numbers));
    }
    while (!silent && frames < due && say(speaker, speech(frames))) {
      frames++;
      if (frames % 10 == 0) {
        tell("speech", Map.of("frames", frames));
      }
    }
  }

  private static boolean say(@Nullable LiveKitParticipant who, ByteString pcm) {
    return who != null && who.send(pcm, true);
  }

  private ByteString numbered(int number) {
    return NumberedFrames.frame(stream, number, FRAME_SAMPLES);
  }

  private ByteString speech(int frame) {
    byte[] pcm = new byte[2 * FRAME_SAMPLES];
    int whole = speech.length / pcm.length;
    System.arraycopy(speech, frame % whole * pcm.length, pcm, 0, pcm.length);
    return UnsafeByteOperations.unsafeWrap(pcm);
  }

  private void fallSilent() {
    silent = true;
    timer.shutdown();
    try {
      // Who leaves takes along what has not reached the server yet.
      TimeUnit.MILLISECONDS.sleep(LAST_WORDS_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    for (LiveKitParticipant each : new LiveKitParticipant[] {counter, speaker}) {
      if (each != null) {
        each.leave(CloseReason.LEFT).join();
      }
    }
    tell("speech", Map.of("frames", frames));
    tell("silent", Map.of());
  }

  private LiveKitParticipant enter(String identity, AudioInput hears, RoomListener listener) {
    RoomJoin join =
        new RoomJoin(
            access.url(),
            room,
            identity,
            access.joinToken(room, identity),
            hears == AudioInput.AUDIO_TRACKS ? Stage.USER : "",
            hears,
            Set.of());
    return rooms.participate(join, listener).join();
  }

  private synchronized void tell(String event, Map<String, ?> values) {
    Map<String, Object> line = Json.object("event", event, "t", time.epochMillis());
    line.putAll(values);
    out.println(Json.line(line));
    out.flush();
  }

  /** Hears nothing that it would tell. */
  private static class Deaf implements RoomListener {
    @Override
    public void onFrame(AudioFrame frame) {}

    @Override
    public void onParticipants(int count) {}

    @Override
    public void onDisconnected(CloseReason reason, String detail) {}
  }

  private final class Ear extends Deaf {
    private final NoteListener notes = new NoteListener(note -> tell("note", Map.of("note", note)));

    @Override
    public void onTrackFrame(String trackName, AudioFrame frame) {
      if (trackName.equals(DemoService.NUMBERS.trackName())) {
        notes.accept(frame.toByteString());
      } else if (trackName.equals(TrackId.SPEAKER.trackName())) {
        try {
          frame.toByteString().writeTo(recording);
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
    }
  }
}
