package dev.livekitbridge.server.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.livekitbridge.core.CloseReason;
import dev.livekitbridge.proto.PlayAudioEvent;
import dev.livekitbridge.proto.PlayAudioEvent.EventType;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;

/** A call that plays a file: writes down what it is told. */
@NullMarked
final class FakePlayCall implements PlaybackStream {
  final List<PlayAudioEvent> events = new ArrayList<>();
  PlayTicket ticket = PlayTicket.NONE;
  @Nullable CloseReason end;

  @Override
  public void send(PlayAudioEvent event) {
    assertThat(end).as("an event after the end").isNull();
    assertThat(events.stream().filter(PlaybackEvents::last)).as("last events").isEmpty();
    events.add(event);
  }

  @Override
  public void end(CloseReason reason, String detail) {
    assertThat(end).as("ended twice").isNull();
    end = reason;
  }

  List<EventType> types() {
    return events.stream().map(PlayAudioEvent::getType).toList();
  }

  PlayAudioEvent event(int index) {
    return events.get(index);
  }

  /** Its last event, after which it ended well. */
  PlayAudioEvent last() {
    assertThat(end).isEqualTo(CloseReason.LEFT);
    PlayAudioEvent last = events.get(events.size() - 1);
    assertThat(PlaybackEvents.last(last)).isTrue();
    return last;
  }

  void assertStopped(String reason) {
    assertThat(last().getType()).isEqualTo(EventType.FAILED);
    assertThat(last().getError()).startsWith("stopped: ");
    assertThat(last().getMetadataMap())
        .containsEntry("stopped", "true")
        .containsEntry("reason", reason);
  }

  void assertFailed(String reason) {
    assertThat(last().getType()).isEqualTo(EventType.FAILED);
    assertThat(last().getError()).isNotEmpty();
    assertThat(last().getMetadataMap())
        .containsEntry("reason", reason)
        .doesNotContainKey("stopped");
  }
}
