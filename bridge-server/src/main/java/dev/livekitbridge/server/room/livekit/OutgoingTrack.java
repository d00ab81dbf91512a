package dev.livekitbridge.server.room.livekit;

import dev.livekitbridge.core.AudioFrame;
import dev.livekitbridge.server.room.livekit.rtp.NtpClock;
import dev.livekitbridge.server.room.livekit.rtp.RtcpMessage;
import dev.livekitbridge.server.room.livekit.rtp.RtpSender;
import dev.livekitbridge.server.room.livekit.rtp.RtpSenderOptions;
import dev.livekitbridge.server.room.livekit.sdp.PublishedAudio;
import io.netty.channel.EventLoop;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A track within one stay: its place in the offer and its RTP stream. On the room's event loop
 * only.
 */
final class OutgoingTrack {
  private final Engine engine;
  private final LocalTrack local;
  private final PublishedAudio description;
  private final Consumer<byte[]> wire;
  private final MachineTimer timer;
  private @Nullable RtpSender sender;
  private @Nullable String sid;
  private boolean closed;

  /**
   * A track that is still to be offered.
   *
   * @param wire takes plain RTP and RTCP packets
   */
  OutgoingTrack(
      Engine engine,
      EventLoop loop,
      LocalTrack local,
      PublishedAudio description,
      Consumer<byte[]> wire) {
    this.engine = engine;
    this.local = local;
    this.description = description;
    this.wire = wire;
    this.timer = new MachineTimer(loop, engine.time(), this::due);
  }

  PublishedAudio description() {
    return description;
  }

  void published(String given) {
    sid = given;
  }

  boolean is(String trackSid) {
    return trackSid.equals(sid);
  }

  void listenedTo() {
    local.listenedTo();
  }

  /** The server has taken it and the connection stands: what is written goes out from now on. */
  void begin(int payloadType) {
    if (sender != null || closed) {
      return;
    }
    sender =
        new RtpSender(
            RtpSenderOptions.of((int) description.ssrc(), payloadType, "bridge", local.format()),
            engine.random(),
            new NtpClock(engine.time().epochMillis(), engine.time().nanoTime()));
    local.attach(this::write);
  }

  private void write(AudioFrame frame) {
    RtpSender stream = sender;
    if (stream != null) {
      stream.write(frame, engine.time().nanoTime());
      pump(stream);
    }
  }

  void rtcp(List<RtcpMessage> messages) {
    RtpSender stream = sender;
    if (stream != null) {
      stream.onRtcp(messages, engine.time().nanoTime());
      pump(stream);
    }
  }

  private void due() {
    RtpSender stream = sender;
    if (stream != null) {
      stream.onTimeout(engine.time().nanoTime());
      pump(stream);
    }
  }

  private void pump(RtpSender stream) {
    if (closed) {
      return;
    }
    long now = engine.time().nanoTime();
    for (byte[] next = stream.poll(now); next != null; next = stream.poll(now)) {
      wire.accept(next);
    }
    local.unsent(stream.unsentBytes(), stream.unsentNanos());
    timer.at(stream.deadlineNanos());
  }

  /** We leave: what was handed to it goes out before. */
  void leave() {
    RtpSender stream = sender;
    if (stream != null && !closed) {
      local.drain();
      stream.end(engine.time().nanoTime());
      pump(stream);
    }
    close();
  }

  /** Nothing goes out any more. */
  void close() {
    if (!closed) {
      closed = true;
      timer.cancel();
      local.attach(null);
    }
  }

  /** Sound that has left, and of which the server has not said that it came. */
  long unconfirmedMillis() {
    RtpSender stream = sender;
    return stream == null ? 0 : stream.unconfirmedMillis();
  }
}
