package dev.livekitbridge.server.room;

import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;

/**
 * Joins rooms of one kind. Implementations are safe for use by many threads at once; the contract
 * suite {@code RoomContract} in this module's test jar says what they must do.
 */
public interface RoomConnector extends AutoCloseable {
  /**
   * The schemes of the URLs it serves, in lower case, such as {@code ws} and {@code wss}.
   *
   * @return at least one
   */
  Set<String> schemes();

  /**
   * Begins to join a room. Never blocks. The future fails with a {@link
   * dev.livekitbridge.core.BridgeException} that tells the reason and holds no token. Cancelling
   * the future undoes the join: whenever it is cancelled, no participant stays in the room.
   *
   * @param join where and as whom
   * @param listener hears the room from the moment of the join; may be called before the future
   *     completes
   * @return the room, joined
   */
  CompletableFuture<Room> join(RoomJoin join, RoomListener listener);

  /**
   * Offers the threads that carry the calls. A connector may run its rooms on them, which saves
   * each frame a change of thread. They may end before the connector is closed.
   *
   * @param threads what runs on them must not block; the connector does not end them
   */
  default void offerThreads(ScheduledExecutorService threads) {}

  /** Leaves every room and frees threads and sockets of its own. */
  @Override
  void close();
}
