package dev.livekitbridge.server.room.livekit;

import dev.livekitbridge.core.AudioFormat;
import dev.livekitbridge.core.CloseReason;
import dev.livekitbridge.server.room.RoomConnector;
import dev.livekitbridge.server.room.RoomHarness;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A real server, foreign participants by another engine, and the connector under test. */
final class LiveKitHarness implements RoomHarness {
  private final LiveKitServer server;
  private final String engine;
  private @Nullable ForeignParticipants pythons;
  private @Nullable ForeignParticipants gophers;
  private final LiveKitRooms rooms;
  private final @Nullable MultiThreadIoEventLoopGroup bridgeThreads;

  LiveKitHarness() {
    this("python");
  }

  /** With foreign participants by this engine where none is asked for. */
  LiveKitHarness(String engine) {
    this.engine = engine;
    server = LiveKitServer.start();
    rooms = LiveKitRooms.create();
    // Both ways are held to the contract: on threads of its own, and on a bridge's.
    bridgeThreads =
        engine.equals("go") && Epoll.isAvailable()
            ? new MultiThreadIoEventLoopGroup(
                Runtime.getRuntime().availableProcessors(), EpollIoHandler.newFactory())
            : null;
    if (bridgeThreads != null) {
      rooms.offerThreads(bridgeThreads);
    }
    foreigners(engine);
  }

  @Override
  public RoomConnector connector() {
    return rooms;
  }

  @Override
  public String url(String room) {
    return server.url();
  }

  @Override
  public String token(String room, String identity) {
    return TestTokens.join(room, identity);
  }

  @Override
  public Refusal refuseNextJoin(String room, String identity) {
    String wrong =
        TestTokens.join(room, identity, Duration.ofMinutes(1), "not-the-servers-secret-");
    return new Refusal(wrong, CloseReason.TOKEN_REJECTED);
  }

  @Override
  public ForeignParticipants.Participant enter(String room, String identity) {
    return enter(room, identity, engine);
  }

  /** By an engine of choice. */
  ForeignParticipants.Participant enter(String room, String identity, String by) {
    return foreigners(by).join(server.url(), TestTokens.join(room, identity));
  }

  private ForeignParticipants foreigners(String by) {
    boolean go = by.equals("go");
    ForeignParticipants started = go ? gophers : pythons;
    if (started == null) {
      started = go ? ForeignParticipants.go() : ForeignParticipants.python();
      if (go) {
        gophers = started;
      } else {
        pythons = started;
      }
    }
    return started;
  }

  /** One who hears in stereo. */
  ForeignParticipants.Participant enterInStereo(String room, String identity) {
    return foreigners("python")
        .join(server.url(), TestTokens.join(room, identity), new AudioFormat(16_000, 2));
  }

  @Override
  public Set<String> participants(String room) {
    return server.participants(room);
  }

  @Override
  public void remove(String room, String identity) {
    server.remove(room, identity);
  }

  @Override
  public void delete(String room) {
    server.delete(room);
  }

  @Override
  public boolean exactAudio() {
    return false;
  }

  @Override
  public void close() {
    rooms.close();
    if (bridgeThreads != null) {
      bridgeThreads.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
    if (pythons != null) {
      pythons.close();
    }
    if (gophers != null) {
      gophers.close();
    }
    server.close();
  }
}
