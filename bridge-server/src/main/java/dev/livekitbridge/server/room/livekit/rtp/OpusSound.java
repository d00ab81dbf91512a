package dev.livekitbridge.server.room.livekit.rtp;

import dev.livekitbridge.core.AudioFormat;
import dev.livekitbridge.core.AudioFrame;
import dev.livekitbridge.core.TrackId;
import dev.livekitbridge.core.audio.FormatConverter;
import io.github.jaredmdobson.concentus.OpusDecoder;
import io.github.jaredmdobson.concentus.OpusException;

/**
 * Decodes Opus to 16 kHz mono and makes up for what is missing. A payload that the decoder cannot
 * bear counts as missing.
 */
final class OpusSound {
  static final int RATE = 16_000;
  private static final int MAX_SAMPLES = RATE * 120 / 1_000;
  private static final AudioFormat DECODED = new AudioFormat(48_000, 1);

  /** So many frames of 20 ms are made up, ever softer; then there is silence. */
  private static final int MAX_CONCEALED = 5;

  private static final int FADE = RATE / 200;

  private final OpusDecoder decoder;
  private final FormatConverter converter = FormatConverter.create(DECODED, AudioFormat.VOICE);
  private final short[] decoded = new short[3 * MAX_SAMPLES];
  private final short[] out = new short[MAX_SAMPLES];
  private int concealed = MAX_CONCEALED;
  private int failures;

  OpusSound() {
    try {
      // Concentus could give 16 kHz by itself, but is silent then for packets of hybrid mode.
      decoder = new OpusDecoder(DECODED.sampleRate(), DECODED.channels());
    } catch (OpusException e) {
      throw new IllegalStateException("48 kHz mono is one of Opus's formats", e);
    }
  }

  /** The samples of the last call. */
  short[] samples() {
    return out;
  }

  /** Decodes a packet of so many ticks; gives the number of samples. */
  int decode(byte[] payload, int ticks) {
    boolean fromSilence = concealed >= MAX_CONCEALED;
    int samples = decode(payload, ticks, false);
    if (samples <= 0) {
      return conceal(ticks / 3);
    }
    concealed = 0;
    if (fromSilence) {
      for (int i = 0; i < FADE && i < samples; i++) {
        out[i] = (short) (out[i] * i / FADE);
      }
    }
    return samples;
  }

  /** What came before this packet, from its redundancy if it has some (RFC 6716 §2.1.7). */
  int recover(byte[] next, int ticks) {
    int samples = decode(next, ticks, true);
    if (samples <= 0) {
      return conceal(ticks / 3);
    }
    concealed = Math.max(1, Math.min(concealed, MAX_CONCEALED - 1));
    return samples;
  }

  /** Makes up so many samples, at most 120 ms. */
  int conceal(int samples) {
    int count = Math.min(samples, MAX_SAMPLES);
    int from = concealed;
    int made = from < MAX_CONCEALED ? makeUp(count) : 0;
    concealed = Math.min(MAX_CONCEALED, from + 1);
    for (int i = 0; i < count; i++) {
      // Full at first, then down to nothing over the frames that follow.
      double left = from == 0 ? 0 : i / (double) count + from - 1;
      double gain = Math.max(0, 1 - left / (MAX_CONCEALED - 1));
      out[i] = i < made ? (short) (out[i] * gain) : 0;
    }
    return count;
  }

  private int makeUp(int samples) {
    try {
      // In steps of 2.5 ms.
      return convert(decoder.decode(null, 0, 0, decoded, 0, samples * 3 / 120 * 120, false));
    } catch (OpusException | RuntimeException | AssertionError e) {
      // Concentus asserts, too, what a payload of nonsense may break.
      reset();
      return 0;
    }
  }

  private int decode(byte[] payload, int ticks, boolean redundancy) {
    try {
      int room = redundancy ? ticks : decoded.length;
      return convert(decoder.decode(payload, 0, payload.length, decoded, 0, room, redundancy));
    } catch (OpusException | RuntimeException | AssertionError e) {
      // Concentus asserts, too, what a payload of nonsense may break.
      if (!redundancy) {
        // Else its own turn comes.
        failures++;
      }
      reset();
      return 0;
    }
  }

  private int convert(int count) {
    if (count <= 0) {
      return 0;
    }
    byte[] pcm = new byte[2 * count];
    for (int i = 0; i < count; i++) {
      pcm[2 * i] = (byte) decoded[i];
      pcm[2 * i + 1] = (byte) (decoded[i] >> 8);
    }
    AudioFrame frame = converter.convert(AudioFrame.wrap(pcm, DECODED, TrackId.SPEAKER, 0));
    int samples = frame == null ? 0 : frame.size() / 2;
    if (frame != null) {
      frame.pcm().asShortBuffer().get(out, 0, samples);
    }
    return samples;
  }

  private void reset() {
    decoder.resetState();
    concealed = MAX_CONCEALED;
  }

  /** Payloads that could not be decoded. */
  int failures() {
    return failures;
  }
}
