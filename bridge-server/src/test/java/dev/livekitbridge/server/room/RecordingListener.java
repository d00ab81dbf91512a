package dev.livekitbridge.server.room;

import dev.livekitbridge.core.AudioFrame;
import dev.livekitbridge.core.CloseReason;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;

/** Writes down what a room says, and what it should not have done. Safe for use by many threads. */
public final class RecordingListener implements RoomListener {
  private final List<AudioFrame> frames = new CopyOnWriteArrayList<>();
  private final List<Integer> counts = new CopyOnWriteArrayList<>();
  private final List<CloseReason> disconnects = new CopyOnWriteArrayList<>();
  private final List<String> offences = new CopyOnWriteArrayList<>();
  private final AtomicBoolean inside = new AtomicBoolean();
  private volatile boolean over;

  @Override
  public void onFrame(AudioFrame frame) {
    enter("onFrame");
    frames.add(frame);
    inside.set(false);
  }

  @Override
  public void onParticipants(int count) {
    enter("onParticipants");
    counts.add(count);
    inside.set(false);
  }

  @Override
  public void onDisconnected(CloseReason reason, String detail) {
    enter("onDisconnected");
    over = true;
    disconnects.add(reason);
    inside.set(false);
  }

  private void enter(String call) {
    if (over) {
      offences.add(call + " after the end");
    }
    if (!inside.compareAndSet(false, true)) {
      offences.add(call + " during another call");
    }
  }

  /** From now on no call may come: {@link Room#leave} has completed. */
  public void expectNothingMore() {
    over = true;
  }

  /** Frames heard, in order. */
  public List<AudioFrame> frames() {
    return frames;
  }

  /** Counts told, in order. */
  public List<Integer> counts() {
    return counts;
  }

  /** Reasons of disconnects. */
  public List<CloseReason> disconnects() {
    return disconnects;
  }

  /** Calls that broke the contract of {@link RoomListener}. */
  public List<String> offences() {
    return offences;
  }
}
