package dev.livekitbridge.client;

import dev.livekitbridge.proto.AudioChunk;
import dev.livekitbridge.proto.JoinRoomResponse;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The lane of the stream that the session speaks and hears through. */
final class AudioLane implements Lane {
  private final FrameSender sender;
  private final FrameReceiver receiver;
  private final StreamTraffic traffic;
  private final SessionBooks books;
  private final boolean moves;

  /** {@code moves}: whether there is more than one bridge. */
  AudioLane(
      FrameSender sender,
      FrameReceiver receiver,
      StreamTraffic traffic,
      SessionBooks books,
      boolean moves) {
    this.moves = moves;
    this.sender = sender;
    this.receiver = receiver;
    this.traffic = traffic;
    this.books = books;
  }

  @Override
  public void joined(JoinRoomResponse response, boolean ours, long now) {
    if (!ours) {
      receiver.attachPlain(now);
      return;
    }
    sender.renumber(response.getLastReceivedMap());
    if (response.getResumed()) {
      receiver.attachUnknown(now);
    } else {
      receiver.attachNew(now);
    }
  }

  @Override
  public boolean mayTakeOver() {
    return !moves || !receiver.heardBefore();
  }

  @Override
  public Map<Integer, Long> acknowledgement(long now) {
    return receiver.attachAcknowledgement(now);
  }

  @Override
  public Map<Integer, Long> oldestKept() {
    return sender.oldestKept();
  }

  @Override
  public void onOldestKept(Map<Integer, Long> oldestKept, long now) {
    receiver.onOldestKept(oldestKept, now);
  }

  @Override
  public void up(StreamAttempt stream, Map<Integer, Long> acknowledged, long now) {
    traffic.begin(stream, acknowledged);
    books.live();
  }

  /** Goes on with a stream that was kept warm until now. */
  void goOn(StreamAttempt stream, Map<Integer, Long> numbered, long now) {
    sender.renumber(numbered);
    up(stream, Map.of(), now);
  }

  @Override
  public @Nullable String onChunk(StreamAttempt stream, AudioChunk chunk, long now) {
    return traffic.onChunk(stream, chunk, now);
  }

  @Override
  public void onReady() {
    sender.pump();
  }

  @Override
  public void ping(StreamAttempt stream) {
    traffic.ping(stream);
  }

  @Override
  public void down() {
    books.down();
    sender.detach();
  }
}
