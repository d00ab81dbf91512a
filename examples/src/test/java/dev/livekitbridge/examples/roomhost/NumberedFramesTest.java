package dev.livekitbridge.examples.roomhost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NumberedFramesTest {
  @ParameterizedTest
  @CsvSource({"0, 0, 5", "7, 1, 320", "65535, 65536, 320", "1, 4294967295, 160", "3, 70000, 1600"})
  void whatIsWrittenIsRead(int stream, long number, int samples) {
    ByteString frame = NumberedFrames.frame(stream, number, samples);
    assertThat(frame.size()).isEqualTo(2 * samples);
    long read = NumberedFrames.read(frame);
    assertThat(NumberedFrames.stream(read)).isEqualTo(stream);
    assertThat(NumberedFrames.number(read)).isEqualTo(number);
  }

  @Test
  void otherAudioIsNotTakenForOne() {
    assertThat(NumberedFrames.read(ByteString.copyFrom(new byte[640])))
        .isEqualTo(NumberedFrames.NONE);
    assertThat(NumberedFrames.read(ByteString.copyFrom(new byte[2])))
        .isEqualTo(NumberedFrames.NONE);
    assertThat(NumberedFrames.read(ByteString.EMPTY)).isEqualTo(NumberedFrames.NONE);
  }

  @Test
  void everyDamagedByteIsSeen() {
    byte[] whole = NumberedFrames.pcm(7, 123_456, 320);
    for (int i = 0; i < whole.length; i++) {
      byte[] damaged = whole.clone();
      damaged[i] ^= 0x10;
      assertThat(NumberedFrames.read(ByteString.copyFrom(damaged))).as("byte %d", i).isNegative();
    }
  }

  @Test
  void cutAndJoinedFramesAreBroken() {
    ByteString frame = NumberedFrames.frame(1, 1, 320);
    assertThat(NumberedFrames.read(frame.substring(0, 638))).isEqualTo(NumberedFrames.BROKEN);
    assertThat(NumberedFrames.read(frame.substring(0, 639))).isEqualTo(NumberedFrames.BROKEN);
    assertThat(NumberedFrames.read(frame.concat(NumberedFrames.frame(1, 2, 320))))
        .isEqualTo(NumberedFrames.BROKEN);
    assertThat(NumberedFrames.read(frame.substring(2))).isEqualTo(NumberedFrames.NONE);
  }

  @Test
  void refusesWhatDoesNotFit() {
    assertThatThrownBy(() -> NumberedFrames.pcm(65_536, 0, 320)).hasMessageContaining("stream");
    assertThatThrownBy(() -> NumberedFrames.pcm(0, -1, 320)).hasMessageContaining("number");
    assertThatThrownBy(() -> NumberedFrames.pcm(0, 1L << 32, 320)).hasMessageContaining("number");
    assertThatThrownBy(() -> NumberedFrames.pcm(0, 0, 4)).hasMessageContaining("samples");
  }
}
