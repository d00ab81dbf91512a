package dev.livekitbridge.server.room.livekit;

import dev.livekitbridge.core.AudioFormat;
import dev.livekitbridge.core.CloseReason;
import dev.livekitbridge.server.room.RoomConnector;
import dev.livekitbridge.server.room.RoomHarness;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A real server, foreign participants by another engine, and the connector under test. */
final class LiveKitHarness implements RoomHarness {
  private final LiveKitServer server;
  private final ForeignParticipants foreigners;
  private @Nullable ForeignParticipants gophers;
  private final LiveKitRooms rooms;

  LiveKitHarness() {
    server = LiveKitServer.start();
    foreigners = ForeignParticipants.python();
    rooms = LiveKitRooms.create();
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
    return foreigners.join(server.url(), TestTokens.join(room, identity));
  }

  /** By another engine. */
  ForeignParticipants.Participant enter(String room, String identity, String engine) {
    return engine.equals("go")
        ? go().join(server.url(), TestTokens.join(room, identity))
        : enter(room, identity);
  }

  private ForeignParticipants go() {
    ForeignParticipants started = gophers;
    if (started == null) {
      started = ForeignParticipants.go();
      gophers = started;
    }
    return started;
  }

  /** One who hears in stereo. */
  ForeignParticipants.Participant enterInStereo(String room, String identity) {
    return foreigners.join(
        server.url(), TestTokens.join(room, identity), new AudioFormat(16_000, 2));
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
    foreigners.close();
    if (gophers != null) {
      gophers.close();
    }
    server.close();
  }
}
