package dev.livekitbridge.server.room.livekit.rtp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * In-band redundancy of another encoder: packets of libopus, as {@code src/test/livekit/
 * speech_fec.py} made them.
 */
class OpusSoundTest {
  private static final int FRAME_TICKS = 960;
  private static final int FRAME_SAMPLES = 320;
  // The redundant frame is coded with fewer bits.
  private static final double ALIKE = 0.8;

  private static List<byte[]> packets() throws IOException {
    List<byte[]> packets = new ArrayList<>();
    try (InputStream file =
            OpusSoundTest.class.getResourceAsStream("/audio/speech-libopus-fec.bin");
        DataInputStream in = new DataInputStream(file)) {
      while (in.available() > 0) {
        packets.add(in.readNBytes(in.readUnsignedShort()));
      }
    }
    return packets;
  }

  @Test
  void redundancyOfLibopusBringsBackWhatWasLost() throws IOException {
    List<byte[]> packets = packets();
    assertThat(packets).hasSize(200);
    short[] whole = play(packets, 0, true);
    short[] recovered = play(packets, 5, true);
    short[] concealed = play(packets, 5, false);
    assertThat(recovered).hasSameSizeAs(whole);
    double loudest = 0;
    for (int frame = 0; frame < packets.size(); frame++) {
      loudest = Math.max(loudest, rms(whole, frame));
    }
    int spoken = 0;
    int back = 0;
    double withRedundancy = 0;
    double without = 0;
    for (int frame = 4; frame < packets.size() - 1; frame += 5) {
      if (rms(whole, frame) > loudest / 10) {
        spoken++;
        double alike = likeness(whole, recovered, frame);
        back += alike > ALIKE ? 1 : 0;
        withRedundancy += alike;
        without += likeness(whole, concealed, frame);
      }
    }
    assertThat(spoken).isGreaterThan(15);
    assertThat(back).as("of %d frames", spoken).isGreaterThan(spoken * 8 / 10);
    assertThat(withRedundancy / spoken)
        .as("against %f by concealment alone", without / spoken)
        .isGreaterThan(without / spoken + 0.2)
        .isGreaterThan(0.9);
  }

  /** Each so many-th packet is lost; 0 for none. */
  private static short[] play(List<byte[]> packets, int lost, boolean redundancy) {
    OpusSound sound = new OpusSound();
    short[] all = new short[packets.size() * FRAME_SAMPLES];
    int at = 0;
    for (int i = 0; i < packets.size(); i++) {
      int count;
      if (lost == 0 || i % lost != lost - 1 || i == packets.size() - 1) {
        count = sound.decode(packets.get(i), FRAME_TICKS);
      } else if (redundancy) {
        count = sound.recover(packets.get(i + 1), FRAME_TICKS);
      } else {
        count = sound.conceal(FRAME_SAMPLES);
      }
      System.arraycopy(sound.samples(), 0, all, at, count);
      at += count;
    }
    assertThat(sound.failures()).isZero();
    return Arrays.copyOf(all, at);
  }

  private static double rms(short[] samples, int frame) {
    return Sounds.rms(samples, frame * FRAME_SAMPLES, (frame + 1) * FRAME_SAMPLES);
  }

  private static double likeness(short[] one, short[] other, int frame) {
    int at = frame * FRAME_SAMPLES;
    return Sounds.bestCorrelation(one, at, FRAME_SAMPLES, other, at - 8, at + 8);
  }
}
