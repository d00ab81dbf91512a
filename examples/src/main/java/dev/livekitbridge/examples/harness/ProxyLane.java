package dev.livekitbridge.examples.harness;

import dev.livekitbridge.examples.harness.FaultProxy.Flow;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import java.util.ArrayDeque;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** One direction of a connection through a {@link FaultProxy}. On its loop only. */
final class ProxyLane {
  /** Hears that the end of the source has been delivered. */
  interface EndListener {
    void ended(boolean abruptly);
  }

  /** About what the send buffers of a kernel hold. */
  private static final long MAX_HELD_BYTES = 4 << 20;

  private final ArrayDeque<ByteBuf> held = new ArrayDeque<>();
  private final LongConsumer counter;
  private final EndListener onEnd;
  private Flow flow = Flow.PASS;
  private @Nullable Channel source;
  private @Nullable Channel sink;
  private long heldBytes;
  private boolean sourceEnded;
  private boolean abruptly;
  private boolean discarded;

  ProxyLane(LongConsumer counter, EndListener onEnd) {
    this.counter = counter;
    this.onEnd = onEnd;
  }

  void from(Channel channel) {
    source = channel;
    proceed();
  }

  void to(Channel channel) {
    sink = channel;
    proceed();
  }

  void flow(Flow next) {
    flow = next;
    proceed();
  }

  void read(ByteBuf bytes) {
    if (discarded) {
      bytes.release();
      return;
    }
    held.add(bytes);
    heldBytes += bytes.readableBytes();
    proceed();
  }

  void writable() {
    proceed();
  }

  void sourceEnded(boolean byReset) {
    sourceEnded = true;
    abruptly |= byReset;
    proceed();
  }

  private void proceed() {
    if (discarded) {
      return;
    }
    Channel to = sink;
    if (flow == Flow.PASS && to != null) {
      while (!held.isEmpty() && to.isWritable()) {
        ByteBuf bytes = held.remove();
        heldBytes -= bytes.readableBytes();
        counter.accept(bytes.readableBytes());
        to.writeAndFlush(bytes);
      }
    }
    if (source != null) {
      source.config().setAutoRead(flow != Flow.STALL && heldBytes < MAX_HELD_BYTES);
    }
    if (sourceEnded && flow == Flow.PASS && held.isEmpty()) {
      boolean reset = abruptly;
      if (to == null || reset) {
        onEnd.ended(reset);
      } else {
        // After what is still on its way out.
        to.write(Unpooled.EMPTY_BUFFER).addListener(done -> onEnd.ended(false));
        to.flush();
      }
    }
  }

  void discard() {
    discarded = true;
    held.forEach(ByteBuf::release);
    held.clear();
    heldBytes = 0;
  }
}
