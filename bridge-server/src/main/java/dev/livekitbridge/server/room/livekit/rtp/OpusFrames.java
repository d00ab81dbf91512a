package dev.livekitbridge.server.room.livekit.rtp;

import dev.livekitbridge.core.AudioFormat;
import io.github.jaredmdobson.concentus.OpusApplication;
import io.github.jaredmdobson.concentus.OpusEncoder;
import io.github.jaredmdobson.concentus.OpusException;
import java.util.Arrays;

/** Encodes 20 ms of PCM at a time. */
final class OpusFrames {
  private static final int MAX_BYTES = 1_275;

  private final OpusEncoder encoder;
  private final int samples;
  private final byte[] out = new byte[MAX_BYTES];

  OpusFrames(AudioFormat format, int bitrate, int complexity) {
    try {
      // CELT alone: in Java it costs a third of what SILK costs, is nearer to the original from 32
      // kbit/s on, has 4 ms less delay and keeps tones and music. Its price is in-band FEC, in
      // whose place losses are made good by sending again.
      encoder =
          new OpusEncoder(
              format.sampleRate(),
              format.channels(),
              OpusApplication.OPUS_APPLICATION_RESTRICTED_LOWDELAY);
    } catch (OpusException e) {
      throw new IllegalArgumentException("format: " + format + " (expected: one of Opus)", e);
    }
    samples = format.sampleRate() / 50;
    encoder.setBitrate(bitrate);
    encoder.setComplexity(complexity);
    encoder.setUseVBR(true);
    encoder.setPacketLossPercent(0);
  }

  /** How much the frames should stand alone. */
  void expectLoss(int percent) {
    encoder.setPacketLossPercent(percent);
  }

  /** The payload for one frame. */
  byte[] encode(short[] pcm) {
    try {
      return Arrays.copyOf(out, encoder.encode(pcm, 0, samples, out, 0, MAX_BYTES));
    } catch (OpusException e) {
      throw new IllegalStateException("20 ms of PCM can always be encoded", e);
    }
  }
}
