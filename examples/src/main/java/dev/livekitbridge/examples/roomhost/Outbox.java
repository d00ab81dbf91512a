package dev.livekitbridge.examples.roomhost;

import io.grpc.stub.CallStreamObserver;

/**
 * The sending side of a stream, for many threads. gRPC queues what the peer does not take, without
 * end; here the end is {@value #MOST_WAITING} messages (a minute of audio): nothing is dropped
 * before, and then the stream is cut.
 */
final class Outbox<T> {
  static final int MOST_WAITING = 3_000;

  private final CallStreamObserver<T> stream;
  private final Runnable cut;
  // Both guarded by this.
  private int waiting;
  private boolean ended;

  /**
   * An open one.
   *
   * @param cut ends the stream with an error
   */
  Outbox(CallStreamObserver<T> stream, Runnable cut) {
    this.stream = stream;
    this.cut = cut;
  }

  /** Makes a message just before it is sent, so that none is overtaken by an older view. */
  interface Message<T> {
    T make();
  }

  void send(Message<T> message) {
    boolean full;
    synchronized (this) {
      full = !ended && !offer(message.make());
    }
    if (full) {
      cut();
    }
  }

  /** Sends, unless the stream has ended. */
  void send(T message) {
    boolean full;
    synchronized (this) {
      full = !ended && !offer(message);
    }
    if (full) {
      cut();
    }
  }

  /** Says goodbye: nothing more is sent. */
  synchronized void end() {
    if (!ended) {
      ended = true;
      stream.onCompleted();
    }
  }

  /** Ends the stream with an error. Calls back, so never under the lock. */
  void cut() {
    synchronized (this) {
      if (ended) {
        return;
      }
      ended = true;
    }
    cut.run();
  }

  /** Whether it fitted. */
  private boolean offer(T message) {
    if (stream.isReady()) {
      waiting = 0;
    } else if (++waiting > MOST_WAITING) {
      return false;
    }
    stream.onNext(message);
    return true;
  }
}
