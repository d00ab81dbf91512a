package dev.livekitbridge.examples.simulate;

import dev.livekitbridge.examples.simulate.net.CallObserver;
import dev.livekitbridge.examples.simulate.net.CallTag;
import dev.livekitbridge.examples.simulate.net.VirtualTime;
import dev.livekitbridge.proto.AudioChunk;
import dev.livekitbridge.proto.JoinRoomRequest;
import dev.livekitbridge.proto.JoinRoomResponse;
import dev.livekitbridge.proto.TrackSequence;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads along on every stream, and holds what goes over it against what came before. */
final class Wiretap implements CallObserver {
  // Who took over and opens no stream for so long counts as dead.
  private static final long ALIVE_NANOS = 1_000_000_000L;

  // How long a bridge keeps what nobody has acknowledged.
  private static final long KEPT_NANOS = 15_000_000_000L;

  private record AtBridge(Line line, Seat seat, long attachedNanos) {}

  /** Who may still come back at a bridge process, for a user. */
  private static final class Ownership {
    // A process took over from these, and opened a stream: they never come back.
    private final Set<Life> fenced = new HashSet<>();
    // A process took over from these, which may have been dead by then.
    private final Set<Life> beaten = new HashSet<>();
    private @Nullable Life owner;
    private long sinceNanos;

    void attached(Life life) {
      if (owner == life) {
        fenced.addAll(beaten);
        beaten.clear();
      }
    }
  }

  private final Plan plan;
  private final VirtualTime time;
  private final Story story;
  private final Verdict verdict;
  private final Function<String, @Nullable User> users;
  private final Map<String, Line> lines = new LinkedHashMap<>();
  private final Map<String, Life> instances = new HashMap<>();
  private final Map<String, Ownership> ownerships = new HashMap<>();

  Wiretap(World world, Function<String, @Nullable User> users) {
    this.plan = world.plan;
    this.time = world.time;
    this.story = world.story;
    this.verdict = world.verdict;
    this.users = users;
  }

  @Override
  public void clientSends(CallTag call, Object message) {
    if (message instanceof AudioChunk chunk) {
      Object known = call.atClient();
      Line line = known instanceof Line of ? of : begin(call, chunk);
      if (line != null) {
        clientSends(line, chunk);
      }
    } else if (message instanceof JoinRoomRequest join) {
      Life life = life(call, join.getUserId());
      if (life != null) {
        instances.putIfAbsent(join.getInstance(), life);
      }
      story.tell(
          join.getUserId(),
          () ->
              call.client().name()
                  + " asks "
                  + call.to().name()
                  + " to join, attempt "
                  + join.getAttempt());
    }
  }

  @Override
  public void serverTakes(CallTag call, Object message) {
    if (message instanceof JoinRoomRequest join) {
      call.atServer(message);
      User user = users.apply(join.getUserId());
      if (user != null && call.server() != null && life(call, user.id) == null) {
        user.visitedAt(call.server());
      }
    }
    if (!(message instanceof AudioChunk chunk)) {
      return;
    }
    Object known = call.atServer();
    if (known == null) {
      // Whether it is let in shows when the bridge answers.
      call.atServer(chunk);
    } else if (known instanceof AtBridge at && at.seat().stream == call) {
      arrives(at.seat(), chunk);
    }
  }

  @Override
  public void serverSends(CallTag call, Object message) {
    if (message instanceof JoinRoomResponse answer
        && answer.getSuccess()
        && call.atServer() instanceof JoinRoomRequest join) {
      granted(call, join);
    }
    if (!(message instanceof AudioChunk chunk)) {
      return;
    }
    AtBridge known = call.atServer() instanceof AtBridge of ? of : null;
    AtBridge at = known == null ? letIn(call) : known;
    if (at != null && known == null) {
      gaveUp(at.seat(), chunk);
    }
    if (at != null) {
      for (TrackSequence ack : chunk.getAcknowledgedList()) {
        if (Tracks.known(ack.getTrack())) {
          at.line().bridgeAcks(ack.getTrack(), ack.getSequence());
          at.seat().acknowledge(ack.getTrack(), ack.getSequence());
        }
      }
      if (!chunk.getPcmData().isEmpty()) {
        replayed(at, chunk);
      }
    }
  }

  /** Audio goes to a client: nothing that was too old when its stream began. */
  private void replayed(AtBridge at, AudioChunk chunk) {
    long age = at.attachedNanos() - at.seat().heardNanos(chunk.getSequence());
    if (plan.replayMaxAgeNanos() > 0 && age > plan.replayMaxAgeNanos()) {
      verdict.broken(
          "stale audio for "
              + at.line().life.user.id
              + ": a frame of the room that was "
              + age / 1_000_000
              + " ms old is replayed");
    }
  }

  /** A bridge says what it still keeps: only what was old, or too much, is gone. */
  private void gaveUp(Seat seat, AudioChunk attach) {
    for (TrackSequence kept : attach.getOldestKeptList()) {
      long last = kept.getSequence() - 1;
      if (kept.getTrack() == 0 && last > seat.ackedByClient) {
        seat.giveUp(last);
        long age = time.nanoTime() - seat.heardNanos(last);
        long most = plan.replayMaxAgeNanos();
        long least = most > 0 ? Math.min(most, KEPT_NANOS) : KEPT_NANOS;
        if (age < least && seat.fromRoom - last < plan.mostKept()) {
          verdict.broken(
              "the bridge gave up a frame of "
                  + seat.user.id
                  + "'s room after "
                  + age / 1_000_000
                  + " ms");
        }
      }
    }
  }

  @Override
  public void clientTakes(CallTag call, Object message) {
    if (message instanceof AudioChunk chunk && call.atClient() instanceof Line line) {
      if (line.life.streamed(call)) {
        line.life.up(line);
      }
      for (TrackSequence ack : chunk.getAcknowledgedList()) {
        if (Tracks.known(ack.getTrack())) {
          line.life.acknowledged(
              ack.getTrack(), line.number(ack.getTrack(), ack.getSequence()), time.nanoTime());
        }
      }
      if (!chunk.getPcmData().isEmpty() && chunk.getSequence() > line.arrived) {
        line.arrived = chunk.getSequence();
        line.life.arrived(line, chunk.getSequence(), Numbered.number(chunk.getPcmData()));
      }
    } else if (message instanceof JoinRoomResponse joined) {
      story.tell(
          call.client().name(),
          () ->
              call.to().name()
                  + " answers a join: "
                  + (joined.getSuccess()
                      ? (joined.getResumed() ? "taken over" : "joined")
                      : joined.getMetadataOrDefault("reason", "") + " " + joined.getError()));
    }
  }

  @Override
  public void ended(CallTag call, boolean atClient, String how) {
    if (call.method().equals("StreamAudio")) {
      String where = atClient ? call.client().name() : call.to().name();
      story.tell(
          where, () -> "stream " + call.from().name() + "-" + call.to().name() + " ends: " + how);
    }
  }

  private @Nullable Line begin(CallTag call, AudioChunk first) {
    User user = users.apply(first.getUserId());
    if (user == null) {
      return null;
    }
    Life of = life(call, user.id);
    if (of == null) {
      return null;
    }
    Line line = lines.computeIfAbsent(first.getSessionId(), id -> line(id, of, call));
    call.atClient(line);
    story.tell(
        user.id,
        () ->
            call.client().name()
                + " opens a stream to "
                + call.to().name()
                + ", acknowledges "
                + brief(first.getAcknowledgedList())
                + " oldest_kept "
                + brief(first.getOldestKeptList()));
    return line;
  }

  private Line line(String sessionId, Life of, CallTag call) {
    Line line = new Line(sessionId, of);
    for (Line each : lines.values()) {
      Seat at = each.life == of ? each.seat : null;
      if (at != null && at.isTaken() && at.bridge.equals(call.to().name())) {
        line.follows(each);
      }
    }
    return line;
  }

  private @Nullable Life life(CallTag call, String userId) {
    User user = users.apply(userId);
    Life life = null;
    if (user != null) {
      for (Life each : user.lives) {
        life = each.process == call.client() ? each : life;
      }
    }
    return life;
  }

  /** A join was let in: never one of a process that lost the session to another one here. */
  private void granted(CallTag call, JoinRoomRequest join) {
    Life life = instances.get(join.getInstance());
    if (life == null || call.server() == null) {
      return;
    }
    Ownership of =
        ownerships.computeIfAbsent(
            call.server().name() + " " + join.getUserId(), key -> new Ownership());
    Life before = of.owner;
    boolean early = of.beaten.remove(life) && time.nanoTime() - of.sinceNanos < ALIVE_NANOS;
    if (early || of.fenced.contains(life)) {
      verdict.broken(
          "an old process has "
              + join.getUserId()
              + " again: #"
              + life.number
              + " joined at "
              + call.server().name()
              + ", where #"
              + (before == null ? 0 : before.number)
              + " had taken over");
    }
    long since = of.sinceNanos;
    boolean left =
        life.user.seats.stream()
            .filter(seat -> seat.process == call.server() && seat.left != null)
            .anyMatch(seat -> seat.leftNanos >= since);
    // Where the session of before was over, nobody took anything over.
    if (before != null && before != life && !before.closing && !left) {
      of.beaten.add(before);
    }
    of.owner = life;
    of.sinceNanos = time.nanoTime();
  }

  private static String brief(Iterable<TrackSequence> sequences) {
    StringBuilder text = new StringBuilder("[");
    for (TrackSequence each : sequences) {
      text.append(text.length() > 1 ? " " : "")
          .append(each.getTrack())
          .append(':')
          .append(each.getSequence());
    }
    return text.append(']').toString();
  }

  private void clientSends(Line line, AudioChunk chunk) {
    for (TrackSequence ack : chunk.getAcknowledgedList()) {
      if (Tracks.known(ack.getTrack())) {
        line.clientAcks(ack.getTrack(), ack.getSequence());
        if (ack.getTrack() == 0) {
          line.life.acknowledges(line, ack.getSequence());
        }
      }
    }
    int track = chunk.getTrackId();
    if (!chunk.getPcmData().isEmpty() && Tracks.known(track)) {
      int number = Numbered.number(chunk.getPcmData());
      line.sent(track, chunk.getSequence(), number);
      line.life.sent(track, number);
      if (number > 0) {
        line.life.says(line, track, number);
        long age = line.life.ageNanos(number);
        if (plan.liveMaxDelayNanos() > 0 && age > plan.liveMaxDelayNanos()) {
          verdict.broken(
              line.life.user.id + " sends frame " + number + ", " + age / 1_000_000 + " ms old");
        }
      }
    }
  }

  private @Nullable AtBridge letIn(CallTag call) {
    if (!(call.atClient() instanceof Line line)
        || !(call.atServer() instanceof AudioChunk first)
        || call.server() == null) {
      return null;
    }
    Seat seat = line.life.user.seat(call.server());
    if (seat == null) {
      return null;
    }
    if (line.life.firstSeat == null) {
      line.life.firstSeat = seat;
      line.life.ackedAtFirst = seat.ackedByClient;
    }
    line.seat = seat;
    AtBridge at = new AtBridge(line, seat, time.nanoTime());
    seat.attachedNanos = time.nanoTime();
    call.atServer(at);
    seat.stream = call;
    Ownership of = ownerships.get(call.server().name() + " " + line.life.user.id);
    if (of != null) {
      of.attached(line.life);
    }
    // A join alone may be the late one of a process that is dead.
    seat.enters(line.life);
    arrives(seat, first);
    return at;
  }

  private void arrives(Seat seat, AudioChunk chunk) {
    seat.lastTrafficNanos = time.nanoTime();
    for (TrackSequence ack : chunk.getAcknowledgedList()) {
      if (ack.getTrack() == 0) {
        seat.ackedByClient = Math.max(seat.ackedByClient, ack.getSequence());
      }
    }
    if (!chunk.getPcmData().isEmpty() && Tracks.known(chunk.getTrackId())) {
      seat.arrive(
          chunk.getTrackId(),
          chunk.getSequence(),
          plan.liveMaxDelayNanos() > 0 ? time.nanoTime() : -1);
    }
  }
}
