package dev.livekitbridge.examples.bench.livekit;

import com.google.protobuf.UnsafeByteOperations;
import dev.livekitbridge.core.CloseReason;
import dev.livekitbridge.examples.audio.NoteListener;
import dev.livekitbridge.examples.bench.load.LoadPlan;
import dev.livekitbridge.examples.bench.load.Pacer;
import dev.livekitbridge.examples.livekit.LiveKitAccess;
import dev.livekitbridge.examples.terminal.Json;
import dev.livekitbridge.proto.AudioInput;
import dev.livekitbridge.server.room.RoomJoin;
import dev.livekitbridge.server.room.livekit.LiveKitParticipant;
import dev.livekitbridge.server.room.livekit.LiveKitRooms;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The people of a benchmark: one in each room, who says stamped packets, and one who listens for
 * notes.
 */
public final class PeopleWorker {
  private static final int PATIENCE_SECONDS = 40;

  // A busy machine is no reason for people to stay away.
  private final LiveKitRooms rooms =
      LiveKitRooms.builder().joinTimeout(Duration.ofSeconds(PATIENCE_SECONDS)).build();
  private final LiveKitAccess access;
  private final Orders orders;
  private final List<LiveKitParticipant> speakers = new ArrayList<>();
  private @Nullable Pacer pacer;
  private @Nullable LiveKitParticipant listener;

  private PeopleWorker(LiveKitAccess access, Orders orders) {
    this.access = access;
    this.orders = orders;
  }

  /**
   * Runs until standard input ends.
   *
   * @param args the server's URL; key and secret are in the environment
   */
  public static void main(String... args) throws Exception {
    Orders orders = new Orders();
    PeopleWorker worker = new PeopleWorker(Orders.access(args[0]), orders);
    orders.take(worker::obey);
    worker.rooms.close();
    System.exit(0);
  }

  private Object obey(String[] words) throws InterruptedException {
    return switch (words[0]) {
      case "speakers" -> speakers(Integer.parseInt(words[1]));
      case "pace" -> {
        // From the first packet on all of them speak: the JVM is warm by then.
        LoadPlan plan = new LoadPlan(Integer.parseInt(words[1]), 20, 1, 600);
        Pacer started = new Pacer(plan, this::say);
        pacer = started;
        started.start();
        yield true;
      }
      case "stop" -> {
        Pacer running = pacer;
        if (running == null) {
          yield 0;
        }
        running.stop();
        yield running.sent();
      }
      case "listen" -> {
        listener = enter(words[1], "listener", AudioInput.AUDIO_TRACKS, notes());
        yield true;
      }
      case "leave" -> {
        if (listener != null) {
          listener.leave(CloseReason.LEFT).join();
        }
        yield true;
      }
      default -> throw new IllegalArgumentException("unknown order: " + words[0]);
    };
  }

  private int speakers(int count) {
    while (speakers.size() < count) {
      speakers.add(
          enter(
              Users.room(speakers.size()),
              Users.SPEAKER,
              AudioInput.DATA_PACKETS,
              new Ear(frame -> {})));
    }
    return speakers.size();
  }

  private boolean say(int session, byte[] pcm) {
    return speakers.get(session).send(UnsafeByteOperations.unsafeWrap(pcm), true);
  }

  private LiveKitParticipant enter(String room, String identity, AudioInput input, Ear ear) {
    RoomJoin join =
        new RoomJoin(
            access.url(), room, identity, access.joinToken(room, identity), "", input, Set.of());
    return rooms.participate(join, ear).join();
  }

  /** Tells when each note was heard. */
  private Ear notes() {
    NoteListener notes =
        new NoteListener(
            note -> orders.tell("note", Json.object("note", note, "nanos", System.nanoTime())));
    return new Ear(frame -> notes.accept(frame.toByteString()));
  }
}
