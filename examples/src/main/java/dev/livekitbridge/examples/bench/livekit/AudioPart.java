package dev.livekitbridge.examples.bench.livekit;

import dev.livekitbridge.client.BridgeSession;
import dev.livekitbridge.core.AudioFormat;
import dev.livekitbridge.core.AudioFrame;
import dev.livekitbridge.core.TrackId;
import dev.livekitbridge.examples.audio.Notes;
import dev.livekitbridge.examples.bench.figures.Samples;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** What is said in the room: how soon it is heard, what a stall leaves, what it costs. */
final class AudioPart {
  private static final String ROOM = "bench-audio";
  private static final int FRAME_MILLIS = 20;
  private static final int FRAME_SAMPLES = 320;
  private static final int FRAMES_PER_NOTE = Notes.MILLIS / FRAME_MILLIS;
  private static final Duration LIVE_MAX_DELAY = Duration.ofMillis(200);
  private static final int STALL_MILLIS = 500;

  /** How many speak at once while the bridge warms up. */
  private static final int CROWD = 10;

  /** What comes back within this of the delay before the stall counts as back. */
  private static final double NEAR_MILLIS = 40;

  private final BridgeProcess bridge;
  private final People people;
  private final Users users;
  private final byte[] speech;
  private long frames;

  AudioPart(BridgeProcess bridge, People people, Users users, byte[] speech) {
    this.bridge = bridge;
    this.people = people;
    this.users = users;
    this.speech = speech;
  }

  /**
   * What was measured.
   *
   * @param onset from the send of a note after a pause until the room hears it, on a track that is
   *     already heard
   * @param backMillis after a stall of the sender, until the delay is what it was before; -1: never
   * @param skipped frames that were skipped for it, and counted
   * @param corePercent CPU of the bridge for one session that speaks, but for the JVM's compiler
   */
  record Figures(Samples onset, double backMillis, long skipped, double corePercent) {}

  Figures measure(int onsets, int warmUpSeconds, int seconds) throws InterruptedException {
    people.tell("listen " + ROOM);
    BridgeSession session = users.speaker("talker", ROOM, LIVE_MAX_DELAY);
    // So that the track is published and heard; what it costs comes first, since it warms the
    // codec.
    say(session, 0, 3_000);
    double core = speak(session, warmUpSeconds, seconds);
    Samples onset = onsets(session, onsets);
    long skippedBefore = bridge.skipped();
    double back = stall(session);
    TimeUnit.MILLISECONDS.sleep(1_500);
    long skipped = bridge.skipped() - skippedBefore;
    session.close(Duration.ofSeconds(1));
    people.tell("leave");
    return new Figures(onset, back, skipped, core);
  }

  private Samples onsets(BridgeSession session, int count) throws InterruptedException {
    Samples onset = new Samples("onset in the room, on a track that is heard");
    for (int i = 0; i < count; i++) {
      // Neither a multiple of a frame nor of anything the server does.
      TimeUnit.MILLISECONDS.sleep(700 + 37 * (i % 20));
      people.notes().clear();
      int note = 8 + i % 100;
      long startNanos = System.nanoTime();
      say(session, note, Notes.MILLIS);
      People.Heard heard = heard(note, 1_000);
      if (heard != null) {
        // The listener needs a window and a step of sound to tell a note.
        onset.addNanos(heard.nanos() - startNanos - TimeUnit.MILLISECONDS.toNanos(30));
      }
    }
    return onset;
  }

  /** Notes without a pause; then half a second of nothing, then all of it at once. */
  private double stall(BridgeSession session) throws InterruptedException {
    int before = 20;
    int after = 50;
    long[] saidNanos = new long[before + after];
    people.notes().clear();
    long dueNanos = System.nanoTime();
    for (int note = 0; note < saidNanos.length; note++) {
      for (int i = 0; i < FRAMES_PER_NOTE; i++) {
        boolean stalled = note >= before && note < before + STALL_MILLIS / Notes.MILLIS;
        if (!stalled) {
          await(dueNanos);
        } else if (i == 0 && note == before) {
          await(dueNanos + TimeUnit.MILLISECONDS.toNanos(STALL_MILLIS));
        }
        if (i == 0) {
          saidNanos[note] = dueNanos;
        }
        send(session, note, i);
        dueNanos += TimeUnit.MILLISECONDS.toNanos(FRAME_MILLIS);
      }
    }
    TimeUnit.MILLISECONDS.sleep(1_500);
    return back(saidNanos, before);
  }

  private double back(long[] saidNanos, int before) {
    double usual = 0;
    double worstUsual = 0;
    int count = 0;
    long stallNanos = saidNanos[before] + TimeUnit.MILLISECONDS.toNanos(STALL_MILLIS);
    double back = -1;
    for (People.Heard heard : people.notes()) {
      if (heard.note() >= saidNanos.length) {
        continue;
      }
      double delay = (heard.nanos() - saidNanos[heard.note()]) / 1e6;
      if (heard.note() < before) {
        usual += delay;
        worstUsual = Math.max(worstUsual, delay);
        count++;
      } else if (heard.nanos() - stallNanos > 0) {
        boolean near = delay <= Math.max(usual / Math.max(1, count) + NEAR_MILLIS, worstUsual);
        double sinceStall = (heard.nanos() - stallNanos) / 1e6;
        // The last time that it was not near is what counts.
        back = near ? (back < 0 ? sinceStall : back) : -1;
      }
    }
    return back;
  }

  private double speak(BridgeSession session, int warmUpSeconds, int seconds)
      throws InterruptedException {
    // A JVM is as fast as what it has seen, and 50 frames a second are little to see.
    List<BridgeSession> crowd = new ArrayList<>();
    for (int i = 1; i < CROWD; i++) {
      crowd.add(users.speaker("talker-" + i, ROOM, LIVE_MAX_DELAY));
    }
    crowd.add(session);
    talk(crowd, 50L * Math.max(2, warmUpSeconds));
    crowd.remove(session);
    for (BridgeSession other : crowd) {
      other.close(Duration.ofSeconds(1));
    }
    talk(List.of(session), 100);
    Usage start = bridge.usage();
    long startNanos = System.nanoTime();
    talk(List.of(session), 50L * seconds);
    long nanos = System.nanoTime() - startNanos;
    Usage end = bridge.usage();
    long compilerNanos = end.compilerNanos() - start.compilerNanos();
    return 100.0 * (end.cpuNanos() - start.cpuNanos() - compilerNanos) / nanos;
  }

  /** All of them say the same. */
  private void talk(List<BridgeSession> sessions, long count) {
    long dueNanos = System.nanoTime();
    for (long i = 0; i < count; i++) {
      await(dueNanos);
      byte[] pcm = new byte[2 * FRAME_SAMPLES];
      int at = (int) (i * pcm.length % (speech.length - pcm.length)) & ~1;
      System.arraycopy(speech, at, pcm, 0, pcm.length);
      for (BridgeSession session : sessions) {
        send(session, pcm);
      }
      dueNanos += TimeUnit.MILLISECONDS.toNanos(FRAME_MILLIS);
    }
  }

  private void say(BridgeSession session, int note, int millis) {
    long dueNanos = System.nanoTime();
    for (int i = 0; i < millis / FRAME_MILLIS; i++) {
      await(dueNanos);
      send(session, note, i % FRAMES_PER_NOTE);
      dueNanos += TimeUnit.MILLISECONDS.toNanos(FRAME_MILLIS);
    }
  }

  private void send(BridgeSession session, int note, int frame) {
    send(session, Notes.pcm(note, frame * FRAME_SAMPLES, FRAME_SAMPLES));
  }

  private void send(BridgeSession session, byte[] pcm) {
    session.send(AudioFrame.wrap(pcm, AudioFormat.VOICE, TrackId.SPEAKER, FRAME_MILLIS * frames++));
  }

  private People.@Nullable Heard heard(int note, long limitMillis) throws InterruptedException {
    long deadlineNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(limitMillis);
    for (long left = limitMillis; left > 0; ) {
      People.Heard heard = people.notes().poll(left, TimeUnit.MILLISECONDS);
      if (heard == null || heard.note() == note) {
        return heard;
      }
      left = TimeUnit.NANOSECONDS.toMillis(deadlineNanos - System.nanoTime());
    }
    return null;
  }

  private static void await(long dueNanos) {
    for (long wait; (wait = dueNanos - System.nanoTime()) > 0; ) {
      LockSupport.parkNanos(wait);
    }
  }
}
