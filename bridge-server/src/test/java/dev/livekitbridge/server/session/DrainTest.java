package dev.livekitbridge.server.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.livekitbridge.core.CloseReason;
import dev.livekitbridge.core.SessionState;
import dev.livekitbridge.proto.JoinRoomResponse;
import dev.livekitbridge.server.session.SessionKit.Join;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/** A bridge that shuts down. */
@NullMarked
class DrainTest {
  private static final long FOUR_SECONDS = Duration.ofSeconds(4).toNanos();

  private final SessionKit kit = new SessionKit();

  @Test
  void joinsAreRefusedWhileDraining() {
    kit.registry.drain(FOUR_SECONDS);
    assertThat(kit.begin(SessionKit.request("u")).reason()).isEqualTo("DRAINING");
    assertThat(kit.registry.isDraining()).isTrue();
  }

  @Test
  void drainOfNobodyIsDoneAtOnce() {
    assertThat(kit.registry.drain(FOUR_SECONDS)).isDone();
  }

  @Test
  void streamOfOursIsToldAndOthersEnd() {
    JoinRoomResponse joined = kit.join(SessionKit.resumable("u"));
    FakeStream ours = kit.attach("u", joined);
    kit.join(SessionKit.request("v"));
    FakeStream plain = kit.plain("v");
    CompletableFuture<Void> done = kit.registry.drain(FOUR_SECONDS);
    assertThat(ours.sent.get(ours.sent.size() - 1).getDrainMs()).isEqualTo(4_000);
    assertThat(ours.ended()).isFalse();
    assertThat(plain.end()).isEqualTo(CloseReason.DRAINING);
    assertThat(done).isNotDone();
    // It went elsewhere, and closes its side here.
    ours.edge().onHalfClose();
    assertThat(done).isDone();
    assertThat(kit.rooms.present()).isZero();
    kit.assertNothingLeftBehind();
  }

  @Test
  void streamThatComesWhileDrainingIsToldWhatIsLeft() {
    JoinRoomResponse joined = kit.join(SessionKit.resumable("u"));
    kit.attach("u", joined).edge().onBroken("gone");
    kit.registry.drain(FOUR_SECONDS);
    assertThat(kit.state("u")).isEqualTo(SessionState.DETACHED);
    kit.advance(Duration.ofSeconds(1));
    FakeStream again = kit.attach("u", joined);
    assertThat(again.sent.get(again.sent.size() - 1).getDrainMs()).isEqualTo(3_000);
  }

  @Test
  void plainStreamThatComesWhileDrainingEnds() {
    kit.join(SessionKit.request("u"));
    kit.registry.drain(FOUR_SECONDS);
    kit.assertClosed(kit.plain("u"), CloseReason.DRAINING);
  }

  @Test
  void joinUnderWayIsUndone() {
    kit.rooms.joinsAtOnce = false;
    Join join = kit.begin(SessionKit.request("u"));
    assertThat(kit.registry.drain(FOUR_SECONDS)).isDone();
    assertThat(join.reason()).isEqualTo("DRAINING");
    kit.assertNothingLeftBehind();
  }

  @Test
  void whatIsLeftAtTheEndIsClosed() {
    FakeStream ours = kit.attach("u", kit.join(SessionKit.resumable("u")));
    kit.join(SessionKit.resumable("v"));
    CompletableFuture<Void> done = kit.registry.drain(FOUR_SECONDS);
    assertThat(kit.registry.closeAll()).isDone();
    assertThat(done).isDone();
    kit.assertClosed(ours, CloseReason.DRAINING);
  }

  @Test
  void drainWaitsUntilTheRoomsAreLeft() {
    kit.rooms.leavesAtOnce = false;
    kit.join(SessionKit.request("u"));
    FakeStream plain = kit.plain("u");
    CompletableFuture<Void> done = kit.registry.drain(FOUR_SECONDS);
    assertThat(plain.end()).isEqualTo(CloseReason.DRAINING);
    assertThat(done).isNotDone();
    kit.rooms.last().gone.complete(null);
    assertThat(done).isDone();
  }
}
