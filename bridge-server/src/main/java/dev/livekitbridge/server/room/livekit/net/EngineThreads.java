package dev.livekitbridge.server.room.livekit.net;

import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The engine's threads: event loops, which never block, and a small pool for what does (DTLS
 * handshakes, names). All are daemons and end with {@link #close}.
 */
public final class EngineThreads implements AutoCloseable {
  /** Enough that a few handshakes with a server that does not answer hold up no other. */
  private static final int BLOCKING_THREADS = 16;

  private static final int IDLE_SECONDS = 5;

  private final EventLoopGroup loops;
  private final ThreadPoolExecutor blocking;

  /**
   * Starts no thread yet: each starts with its first task.
   *
   * @param eventLoops how many event loops
   */
  public EngineThreads(int eventLoops) {
    loops =
        new MultiThreadIoEventLoopGroup(
            eventLoops, new DefaultThreadFactory("livekit-room", true), NioIoHandler.newFactory());
    blocking =
        new ThreadPoolExecutor(
            BLOCKING_THREADS,
            BLOCKING_THREADS,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            new DefaultThreadFactory("livekit-room-handshake", true));
    blocking.allowCoreThreadTimeOut(true);
  }

  /**
   * The event loop of a new room.
   *
   * @return one that stays the same for the room's life
   */
  public EventLoop nextLoop() {
    return loops.next();
  }

  /**
   * Where a task may block.
   *
   * @return the pool
   */
  public Executor blocking() {
    return blocking;
  }

  /** Ends all threads; what is still open is cut. */
  @Override
  public void close() {
    blocking.shutdownNow();
    loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
  }
}
