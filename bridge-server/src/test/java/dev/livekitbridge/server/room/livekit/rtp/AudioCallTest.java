package dev.livekitbridge.server.room.livekit.rtp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.livekitbridge.core.AudioFormat;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is said at one end of a bad network and heard at the other. */
class AudioCallTest {
  private static final int RATE = 16_000;
  private static final AudioFormat FULL = new AudioFormat(48_000, 1);
  private static final long MS = 1_000_000L;

  private static void assertTone(AudioCall call, int from, int to) {
    short[] heard = call.heard();
    double level = 0.3 * 32_767 / Math.sqrt(2);
    assertThat(Sounds.pitch(heard, from, to, RATE)).isBetween(439.0, 441.0);
    assertThat(20 * Math.log10(Sounds.rms(heard, from, to) / level)).isBetween(-1.0, 1.0);
  }

  @ParameterizedTest
  @ValueSource(ints = {16_000, 48_000})
  void aToneKeepsItsPitchAndLevel(int rate) {
    AudioCall call = new AudioCall(new AudioFormat(rate, 1), 1);
    call.say(Sounds.tone(440, rate, 3, 0.3)).run(4);
    assertTone(call, RATE / 2, RATE * 5 / 2);
    assertThat(call.receiver.stats().concealedMillis()).isZero();
  }

  @Test
  void stereoIsHeardAsItsMean() {
    short[] mono = Sounds.tone(440, 48_000, 2, 0.3);
    short[] stereo = new short[mono.length * 2];
    for (int i = 0; i < mono.length; i++) {
      stereo[2 * i] = mono[i];
      stereo[2 * i + 1] = mono[i];
    }
    AudioCall call = new AudioCall(new AudioFormat(48_000, 2), 1);
    call.say(stereo).run(3);
    assertTone(call, RATE / 2, RATE * 3 / 2);
  }

  @Test
  void everySampleFromTheFirstToTheLastIsHeardAfterAShortDelay() {
    short[] said = Sounds.speech(RATE, 3, 5);
    AudioCall call = new AudioCall(AudioFormat.VOICE, 1);
    call.say(said).run(4);
    short[] heard = call.heard();
    // Network 10 ms, playout 40 ms, a frame, the codec's 6.5 ms.
    int delay = delaySamples(heard, said);
    assertThat(delay / 16.0).isBetween(30.0, 80.0);
    assertThat(Sounds.bestCorrelation(heard, delay, RATE / 2, said, 0, 0)).isGreaterThan(0.9);
    int end = said.length - RATE / 2;
    assertThat(Sounds.bestCorrelation(heard, end + delay, RATE / 2, said, end, end))
        .isGreaterThan(0.9);
  }

  /** By how many samples what is heard lies behind what was said, the network's delay aside. */
  private static int delaySamples(short[] heard, short[] said) {
    int best = 0;
    double bestLike = -1;
    for (int delay = 0; delay < RATE / 5; delay++) {
      double like = Sounds.bestCorrelation(heard, RATE + delay, RATE / 2, said, RATE, RATE);
      if (like > bestLike) {
        bestLike = like;
        best = delay;
      }
    }
    return best;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 5, 20})
  void speechComesThroughLossJitterReorderingAndDuplicates(int percent) {
    int seconds = 10;
    short[] said = Sounds.speech(RATE, seconds, 7);
    AudioCall call = new AudioCall(AudioFormat.VOICE, percent);
    call.loss = percent / 100.0;
    call.jitter = 40 * MS;
    call.twice = 0.05;
    call.spoil = 0.01;
    call.say(said).run(seconds + 1);
    short[] heard = call.heard();
    int good = 0;
    int windows = 0;
    for (int at = RATE; at + RATE / 4 < heard.length - RATE; at += RATE / 4) {
      windows++;
      double like =
          Sounds.bestCorrelation(heard, at, RATE / 4, said, at - RATE / 2, at + RATE / 10);
      good += like > 0.8 ? 1 : 0;
    }
    RtpReceiverStats stats = call.receiver.stats();
    assertThat(good / (double) windows)
        .as("%s", stats)
        .isGreaterThan(percent == 20 ? 0.5 : percent == 5 ? 0.9 : 0.95);
    double level = Sounds.rms(said, 0, said.length);
    assertThat(Sounds.longestGapMillis(heard, RATE / 2, heard.length - 3 * RATE / 2, level))
        .as("%s", stats)
        .isLessThanOrEqualTo(percent == 20 ? 60 : 20);
    assertThat(stats.targetMillis()).isLessThanOrEqualTo(160);
  }

  @Test
  void atFivePercentLossNoFrameIsEvenHalfAsLoud() {
    AudioCall call = new AudioCall(AudioFormat.VOICE, 3);
    call.loss = 0.05;
    call.jitter = 20 * MS;
    call.say(Sounds.tone(300, RATE, 15, 0.3)).run(16);
    short[] heard = call.heard();
    double level = 0.3 * 32_767 / Math.sqrt(2);
    int soft = 0;
    int frames = 0;
    for (int at = RATE; at < 14 * RATE; at += 160) {
      frames++;
      soft += Sounds.rms(heard, at, at + 160) < level / 2 ? 1 : 0;
    }
    assertThat(soft / (double) frames).as("%s", call.receiver.stats()).isLessThan(0.005);
  }

  @Test
  void nacksBringBackMostOfWhatIsLost() {
    AudioCall call = new AudioCall(AudioFormat.VOICE, 3);
    call.loss = 0.05;
    call.delay = 5 * MS;
    call.say(Sounds.speech(RATE, 10, 1)).run(11);
    // 25 of 500 are lost; one in ten of them once more, the answer or the request.
    assertThat(call.receiver.stats().concealedMillis()).isLessThan(10 * 25);
    assertThat(call.receiver.stats().packets()).isGreaterThan(490);
  }

  @Test
  void afterAStallTheDelayShrinksBackWithinTwoSeconds() {
    AudioCall call = new AudioCall(AudioFormat.VOICE, 3);
    call.stallFrom = call.now + 3_000 * MS;
    call.stallTo = call.stallFrom + 500 * MS;
    call.say(Sounds.speech(RATE, 7, 1)).run(2.9);
    long before = call.receiver.stats().bufferedMillis();
    call.run(0.65);
    assertThat(call.receiver.stats().bufferedMillis()).isGreaterThan(before + 200);
    call.run(2);
    assertThat(call.receiver.stats().bufferedMillis()).isLessThanOrEqualTo(before + 40);
    assertThat(call.receiver.stats().targetMillis()).isLessThan(100);
    assertThat(call.receiver.stats().skippedPackets()).isZero();
  }

  @Test
  void whatTheSpeakerHeldUpIsCaughtUpWithWithinTwoSeconds() {
    AudioCall call = new AudioCall(AudioFormat.VOICE, 3);
    short[] said = Sounds.speech(RATE, 7, 1);
    long began = call.now;
    call.heldFrom = began + 3_000 * MS;
    call.heldTo = call.heldFrom + 500 * MS;
    call.say(said).run(7.5);
    long before = delayMillis(call, said, began, 2_500);
    assertThat(before).isBetween(30L, 90L);
    // Nothing of it was skipped.
    assertThat(delayMillis(call, said, began, 3_750)).isGreaterThan(before + 200);
    assertThat(delayMillis(call, said, began, 5_500)).isLessThanOrEqualTo(before + 40);
    assertThat(call.receiver.stats().skippedPackets()).isZero();
  }

  @Test
  void behindPausesSoundIsHeardSoonThoughTheSpeakerHungBefore() {
    AudioCall call = new AudioCall(AudioFormat.VOICE, 3);
    call.heldFrom = call.now + 2_000 * MS;
    call.heldTo = call.heldFrom + 300 * MS;
    call.say(Sounds.speech(RATE, 4, 1)).run(5);
    for (int note = 0; note < 8; note++) {
      long at = call.now;
      int before = call.frames.size();
      call.say(Sounds.tone(700, RATE, 0.1, 0.3)).run(0.7 + 0.007 * note);
      int frame = before;
      short[] heard = call.heard();
      while (Sounds.rms(heard, frame * 320, frame * 320 + 320) < 1_000) {
        frame++;
      }
      // Network 10 ms, playout 40 ms, a frame, the codec's 6.5 ms.
      assertThat((call.heardAt.get(frame) - at) / MS)
          .as("note %d, %s", note, call.receiver.stats())
          .isBetween(30L, 90L);
    }
  }

  /** How long after it was to be said a sound is heard, at a time since the begin. */
  private static long delayMillis(AudioCall call, short[] said, long began, int millis) {
    int frame = 0;
    while (call.heardAt.get(frame) < began + millis * MS) {
      frame++;
    }
    short[] heard = call.heard();
    int at = frame * Playout.FRAME_SAMPLES;
    int best = 0;
    double bestLike = -1;
    for (int delay = 0; delay < RATE; delay += 16) {
      int from = Math.toIntExact((call.heardAt.get(frame) - began) / MS * 16) - delay;
      double like = from < 0 ? -1 : Sounds.bestCorrelation(heard, at, RATE / 10, said, from, from);
      if (like > bestLike) {
        bestLike = like;
        best = delay;
      }
    }
    return best / 16;
  }

  @Test
  void aLongStallNeverGrowsTheBufferBeyondItsBound() {
    AudioCall call = new AudioCall(AudioFormat.VOICE, 3);
    call.stallFrom = call.now + 2_000 * MS;
    call.stallTo = call.stallFrom + 8_000 * MS;
    call.say(Sounds.speech(RATE, 16, 1)).run(10.1);
    assertThat(call.receiver.stats().bufferedMillis()).isLessThanOrEqualTo(2_100);
    call.run(5);
    assertThat(call.receiver.stats().bufferedMillis()).isLessThanOrEqualTo(120);
  }

  @ParameterizedTest
  @ValueSource(doubles = {-0.005, 0.005})
  void clocksThatDriftNeitherFillNorEmptyIt(double drift) {
    AudioCall call = new AudioCall(AudioFormat.VOICE, 3);
    call.drift = drift;
    call.say(Sounds.speech(RATE, 25, 1));
    for (int second = 0; second < 24; second++) {
      call.run(1);
      assertThat(call.receiver.stats().bufferedMillis()).isLessThanOrEqualTo(140);
    }
    // What the drift makes is 120 ms.
    assertThat(call.receiver.stats().concealedMillis()).isLessThan(300);
    assertThat(call.receiver.stats().shortenedMillis()).isLessThan(300);
  }

  @Test
  void aPauseCostsNothingAndTheNextWordIsNeitherEarlyNorLate() {
    AudioCall call = new AudioCall(AudioFormat.VOICE, 3);
    call.say(Sounds.tone(440, RATE, 1, 0.3)).run(1.5);
    int before = call.sent;
    int framesBefore = call.frames.size();
    call.run(60);
    assertThat(call.sent - before).isLessThanOrEqualTo(3);
    // A second of silence after the last packet, then nothing.
    assertThat(call.frames.size() - framesBefore).isLessThan(60);
    call.frames.clear();
    long spokenAt = call.now;
    call.heardAt.clear();
    call.say(Sounds.tone(440, RATE, 1, 0.3)).run(2);
    short[] heard = call.heard();
    int onset = 0;
    while (Math.abs(heard[onset]) < 2_000) {
      onset++;
    }
    long onsetAt = call.heardAt.get(onset / 320) + onset % 320 * MS / 16;
    assertThat((onsetAt - spokenAt) / MS).isBetween(40L, 110L);
    assertTone(call, onset + RATE / 4, onset + RATE * 3 / 4);
  }

  @Test
  void writtenSilenceIsNotSentEither() {
    AudioCall call = new AudioCall(FULL, 3);
    call.say(Sounds.tone(440, 48_000, 1, 0.3)).run(1.2);
    int before = call.sent;
    call.say(new short[48_000 * 10]).run(10);
    assertThat(call.sent - before).isLessThan(12);
    call.say(Sounds.tone(440, 48_000, 2, 0.3)).run(2.5);
    short[] heard = call.heard();
    assertTone(call, heard.length - RATE * 3 / 2, heard.length - RATE);
  }

  @Test
  void aConsumerWhoWasAwayIsNotFlooded() {
    AudioCall call = new AudioCall(AudioFormat.VOICE, 3);
    call.say(Sounds.speech(RATE, 10, 1)).run(2);
    long away = call.now + 5_000 * MS;
    int pulled = 0;
    while (call.receiver.pull(away) != null) {
      pulled++;
    }
    assertThat(pulled).isLessThanOrEqualTo(11);
  }

  @Test
  void reportsComeEveryFewSeconds() {
    AudioCall call = new AudioCall(AudioFormat.VOICE, 3);
    call.say(Sounds.tone(440, RATE, 15, 0.3)).run(15);
    assertThat(call.sentRtcp).isBetween(4, 8);
    assertThat(call.reported()).isBetween(5L, 16L);
  }

  @Test
  void silenceHeardIsSilence() {
    AudioCall call = new AudioCall(AudioFormat.VOICE, 3);
    call.say(Sounds.tone(440, RATE, 1, 0.3)).run(3);
    short[] heard = call.heard();
    short[] end = Arrays.copyOfRange(heard, RATE * 3 / 2, heard.length);
    assertThat(Sounds.rms(end, 0, end.length)).isLessThan(20);
  }
}
