package dev.livekitbridge.server.room.livekit.net;

import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The engine's threads: event loops, which never block, and a small pool for what does (DTLS
 * handshakes, names). All are daemons and end with {@link #close}.
 */
public final class EngineThreads implements AutoCloseable {
  /** Enough that a few handshakes with a server that does not answer hold up no other. */
  private static final int BLOCKING_THREADS = 16;

  private static final int IDLE_SECONDS = 5;

  private final EventLoopGroup loops;
  private final boolean own;
  private final ThreadPoolExecutor blocking;

  private EngineThreads(EventLoopGroup loops, boolean own) {
    this.loops = loops;
    this.own = own;
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
   * With event loops of its own. Starts no thread yet: each starts with its first task.
   *
   * @param eventLoops how many
   * @return threads, to be closed
   */
  public static EngineThreads own(int eventLoops) {
    return new EngineThreads(
        new MultiThreadIoEventLoopGroup(
            eventLoops, new DefaultThreadFactory("livekit-room", true), NioIoHandler.newFactory()),
        true);
  }

  /**
   * On somebody's event loops, if that is what is offered and they are enough; else with its own.
   *
   * @param offered whatever there is
   * @param eventLoops how many are enough
   * @return threads, to be closed
   */
  public static EngineThreads on(@Nullable ScheduledExecutorService offered, int eventLoops) {
    if (offered instanceof MultiThreadIoEventLoopGroup group
        && !group.isShuttingDown()
        && group.executorCount() >= eventLoops
        && (group.isIoType(EpollIoHandler.class) || group.isIoType(NioIoHandler.class))) {
      return new EngineThreads(group, false);
    }
    return own(eventLoops);
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

  /**
   * Whether the event loops carry nothing any more, because who offered them has ended them.
   *
   * @return true from then on
   */
  public boolean ended() {
    return loops.isShuttingDown();
  }

  /** Ends all threads of its own; what is still open on them is cut. */
  @Override
  public void close() {
    blocking.shutdownNow();
    if (own) {
      loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
  }
}
