package dev.livekitbridge.server.rpc;

import dev.livekitbridge.core.CloseReason;
import dev.livekitbridge.core.trace.Trace;
import dev.livekitbridge.proto.AudioChunk;
import dev.livekitbridge.server.session.AttachedStream;
import dev.livekitbridge.server.session.ClientStream;
import dev.livekitbridge.server.session.SessionRegistry;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * One StreamAudio call. gRPC calls the observer's methods one at a time, the session those of the
 * stream one at a time; the session says when the next chunk may come.
 */
final class StreamCall implements StreamObserver<AudioChunk>, ClientStream {
  private final SessionRegistry registry;
  private final ServerCallStreamObserver<AudioChunk> responses;
  private final long retryAfterMillis;
  private final Runnable onFirst;
  private final AtomicBoolean waiting = new AtomicBoolean(true);
  private final @Nullable StreamExpiry expiry;
  private final Trace trace = CallTraces.current();
  private @Nullable AttachedStream attached;
  private volatile @Nullable Future<?> firstChunkTimer;

  /**
   * A call that waits for its first chunk.
   *
   * @param expiry of the caller's credentials; null if they have none
   * @param onFirst runs once, when the first chunk came or will not come any more
   */
  StreamCall(
      SessionRegistry registry,
      ServerCallStreamObserver<AudioChunk> responses,
      long retryAfterMillis,
      @Nullable StreamExpiry expiry,
      Runnable onFirst) {
    this.registry = registry;
    this.responses = responses;
    this.retryAfterMillis = retryAfterMillis;
    this.expiry = expiry;
    this.onFirst = onFirst;
  }

  void begin() {
    responses.disableAutoRequest();
    responses.setOnReadyHandler(this::onReady);
    responses.setOnCancelHandler(this::onCancel);
    responses.request(1);
  }

  /** What ends the call if no first chunk comes. */
  void firstChunkTimer(Future<?> timer) {
    firstChunkTimer = timer;
  }

  /** Ends a call whose first chunk has not come yet. On any thread. */
  void refuse(CloseReason reason, String detail) {
    if (first()) {
      end(reason, detail);
    }
  }

  @Override
  public void onNext(AudioChunk chunk) {
    AttachedStream to = attached;
    if (to != null) {
      to.onChunk(chunk);
    } else if (first()) {
      AttachedStream opened = registry.open(chunk, this);
      attached = opened;
      if (opened != null && expiry != null) {
        expiry.begin(opened);
      }
    }
  }

  @Override
  public void onCompleted() {
    AttachedStream to = attached;
    if (to != null) {
      to.onHalfClose();
    } else if (first()) {
      end(CloseReason.BAD_REQUEST, "user_id: no chunk at all (expected: a first chunk with it)");
    }
  }

  @Override
  public void onError(Throwable error) {
    // What the cancel handler tells, told again.
  }

  @Override
  public boolean isReady() {
    return responses.isReady();
  }

  @Override
  public void send(AudioChunk chunk) {
    responses.onNext(chunk);
  }

  @Override
  public void attached(boolean resumed) {
    trace.set("bridge.resumed", resumed).end();
  }

  @Override
  public void request(int chunks) {
    responses.request(chunks);
  }

  @Override
  public void end(CloseReason reason, String detail) {
    trace.fail(reason.name());
    if (expiry != null) {
      expiry.cancel();
    }
    if (responses.isCancelled()) {
      // The client is gone, or gRPC itself has told it what was wrong (a message too large).
      return;
    }
    if (reason == CloseReason.LEFT) {
      responses.onCompleted();
    } else {
      responses.onError(Reasons.error(reason, detail, retryAfterMillis));
    }
  }

  private void onReady() {
    AttachedStream to = attached;
    if (to != null) {
      to.onReady();
    }
  }

  private void onCancel() {
    trace.fail(Reasons.CANCELLED);
    if (expiry != null) {
      expiry.cancel();
    }
    AttachedStream to = attached;
    if (to != null) {
      to.onBroken("cancelled by the client, or its connection is gone");
    } else {
      first();
    }
  }

  private boolean first() {
    boolean was = waiting.compareAndSet(true, false);
    if (was) {
      onFirst.run();
      Future<?> timer = firstChunkTimer;
      if (timer != null) {
        timer.cancel(false);
      }
    }
    return was;
  }
}
