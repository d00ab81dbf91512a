package dev.livekitbridge.server.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.livekitbridge.core.CloseReason;
import dev.livekitbridge.proto.AudioChunk;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;

/** A client's stream without a transport: writes down all that the session does to it. */
@NullMarked
final class FakeStream implements ClientStream {
  final List<AudioChunk> sent = new ArrayList<>();
  int requested;
  String endDetail = "";
  private boolean ready = true;
  private @Nullable CloseReason end;
  private @Nullable AttachedStream attached;

  void attached(@Nullable AttachedStream stream) {
    attached = stream;
  }

  /** The transport takes nothing from now on. */
  void block() {
    ready = false;
  }

  /** It does again. */
  void unblock() {
    ready = true;
    edge().onReady();
  }

  /** The transport takes so many more chunks. */
  void unblockFor(int chunks) {
    takes = chunks;
    edge().onReady();
  }

  private int takes;

  AttachedStream edge() {
    if (attached == null) {
      throw new AssertionError("the stream was refused: " + end + " " + endDetail);
    }
    return attached;
  }

  void say(AudioChunk.Builder chunk) {
    edge().onChunk(chunk.build());
  }

  boolean ended() {
    return end != null;
  }

  @Nullable CloseReason end() {
    return end;
  }

  List<AudioChunk> audio() {
    return sent.stream().filter(chunk -> !chunk.getPcmData().isEmpty()).toList();
  }

  List<Long> sequences() {
    return audio().stream().map(AudioChunk::getSequence).toList();
  }

  @Override
  public boolean isReady() {
    return ready || takes > 0;
  }

  @Override
  public void send(AudioChunk chunk) {
    assertThat(end).as("a chunk after the end").isNull();
    takes = Math.max(0, takes - 1);
    sent.add(chunk);
  }

  @Override
  public void request(int chunks) {
    requested += chunks;
  }

  @Override
  public void end(CloseReason reason, String detail) {
    assertThat(end).as("ended twice").isNull();
    end = reason;
    endDetail = detail;
  }
}
