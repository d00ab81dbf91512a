package dev.livekitbridge.examples.livecaptions;

import java.util.Locale;
import java.util.function.Consumer;

/**
 * Stands in for a recogniser, so that the example runs without a model: it understands nothing, but
 * tells how long somebody spoke. Half a second of quiet ends a line.
 */
public final class LoudnessRecognizer implements Recognizer {
  private static final int BYTES_A_MILLISECOND = 32;
  private static final double LOUD = 500;
  private static final int PAUSE_MILLIS = 500;

  @Override
  public Listening listen(String speaker, Consumer<Caption> captions) {
    return new Speech(speaker, captions);
  }

  private static final class Speech implements Listening {
    private final String speaker;
    private final Consumer<Caption> captions;
    private long beganMillis;
    private int spokenMillis;
    private int quietMillis;

    Speech(String speaker, Consumer<Caption> captions) {
      this.speaker = speaker;
      this.captions = captions;
    }

    @Override
    public void hear(byte[] pcm, long atMillis) {
      int millis = pcm.length / BYTES_A_MILLISECOND;
      if (loudness(pcm) >= LOUD) {
        if (spokenMillis == 0) {
          beganMillis = atMillis;
        }
        spokenMillis += quietMillis + millis;
        quietMillis = 0;
      } else if (spokenMillis > 0) {
        quietMillis += millis;
        if (quietMillis >= PAUSE_MILLIS) {
          end("");
        }
      }
    }

    @Override
    public void gap() {
      end(" …");
    }

    @Override
    public void close() {
      end("");
    }

    private void end(String tail) {
      if (spokenMillis > 0) {
        String text = String.format(Locale.ROOT, "(speech, %.1f s)%s", spokenMillis / 1e3, tail);
        captions.accept(new Caption(speaker, text, beganMillis, true));
      }
      spokenMillis = 0;
      quietMillis = 0;
    }

    private static double loudness(byte[] pcm) {
      double sum = 0;
      for (int i = 0; i + 1 < pcm.length; i += 2) {
        double sample = (short) ((pcm[i] & 0xff) | (pcm[i + 1] << 8));
        sum += sample * sample;
      }
      return Math.sqrt(sum / Math.max(1, pcm.length / 2));
    }
  }
}
