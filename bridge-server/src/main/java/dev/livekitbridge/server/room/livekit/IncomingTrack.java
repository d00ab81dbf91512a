package dev.livekitbridge.server.room.livekit;

import com.google.protobuf.UnsafeByteOperations;
import dev.livekitbridge.core.DropCause;
import dev.livekitbridge.server.room.livekit.rtp.RtcpMessage;
import dev.livekitbridge.server.room.livekit.rtp.RtpReceiver;
import dev.livekitbridge.server.room.livekit.rtp.RtpReceiverStats;
import dev.livekitbridge.server.room.livekit.sdp.RemoteAudio;
import io.netty.channel.EventLoop;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The audio of one track of another participant. On the room's event loop only. */
final class IncomingTrack {
  private final Engine engine;
  private final RemoteAudio description;
  private final SubscriberListener listener;
  private final Consumer<byte[]> sender;
  private final RtpReceiver receiver;
  private final MachineTimer timer;
  private RtpReceiverStats told;
  private long lost;
  private @Nullable Runnable onPlayed;
  private boolean closed;

  IncomingTrack(
      Engine engine,
      EventLoop loop,
      RemoteAudio description,
      int localSsrc,
      SubscriberListener listener,
      Consumer<byte[]> sender) {
    this.engine = engine;
    this.description = description;
    this.listener = listener;
    this.sender = sender;
    this.receiver =
        new RtpReceiver(
            (int) description.ssrc(),
            description.payloadType(),
            localSsrc,
            "bridge",
            engine.random());
    this.timer = new MachineTimer(loop, engine.time(), this::due);
    this.told = receiver.stats();
  }

  RemoteAudio description() {
    return description;
  }

  void rtp(byte[] packet, int length) {
    receiver.onRtp(packet, 0, length, engine.time().nanoTime());
    pump();
  }

  void rtcp(List<RtcpMessage> messages) {
    receiver.onRtcp(messages, engine.time().nanoTime());
    pump();
  }

  private void due() {
    long now = engine.time().nanoTime();
    receiver.onTimeout(now);
    for (byte[] frame = receiver.pull(now); frame != null && !closed; frame = receiver.pull(now)) {
      listener.audio(description.trackSid(), UnsafeByteOperations.unsafeWrap(frame));
    }
    if (onPlayed != null && receiver.isPlayed()) {
      close();
    } else {
      pump();
    }
  }

  private void pump() {
    if (closed) {
      return;
    }
    long now = engine.time().nanoTime();
    for (byte[] next = receiver.poll(now); next != null; next = receiver.poll(now)) {
      sender.accept(next);
    }
    tellLost();
    timer.at(receiver.deadlineNanos());
  }

  /** Concealment was heard in their place; they are lost all the same, and counted. */
  private void tellLost() {
    if (receiver.lost() == lost) {
      return;
    }
    lost = receiver.lost();
    RtpReceiverStats stats = receiver.stats();
    tellLost(DropCause.OVERFLOW, stats.skippedPackets() - told.skippedPackets());
    tellLost(DropCause.STALE, stats.latePackets() - told.latePackets());
    tellLost(DropCause.INVALID, stats.undecodable() - told.undecodable());
    told = stats;
  }

  private void tellLost(DropCause cause, long packets) {
    if (packets > 0) {
      listener.lost(description.trackSid(), cause, packets);
    }
  }

  /** All that has come is passed on now. */
  void playOut() {
    for (byte[] frame = receiver.rest(); frame != null && !closed; frame = receiver.rest()) {
      listener.audio(description.trackSid(), UnsafeByteOperations.unsafeWrap(frame));
    }
    tellLost();
  }

  /** Nothing more comes. What has come is still played, to the last word, and then it closes. */
  void end(Runnable played) {
    onPlayed = played;
    due();
  }

  void close() {
    closed = true;
    timer.cancel();
    Runnable played = onPlayed;
    if (played != null) {
      onPlayed = null;
      played.run();
    }
  }
}
