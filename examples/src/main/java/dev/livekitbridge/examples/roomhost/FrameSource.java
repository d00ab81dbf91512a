package dev.livekitbridge.examples.roomhost;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;

/** What a speaker says. */
@FunctionalInterface
interface FrameSource {
  /** The samples of frame 1, 2, 3 …, PCM16 of 16 kHz mono. */
  ByteString frame(long number);

  /** Numbered frames of a stream. */
  static FrameSource numbered(int stream, int samples) {
    return number -> NumberedFrames.frame(stream, number, samples);
  }

  /** The same sound over and over, without a seam. */
  static FrameSource loop(ByteString pcm, int samples) {
    byte[] sound = pcm.toByteArray();
    return number -> {
      byte[] frame = new byte[2 * samples];
      int at = (int) ((number - 1) * frame.length % sound.length);
      for (int done = 0; done < frame.length; ) {
        int piece = Math.min(frame.length - done, sound.length - at);
        System.arraycopy(sound, at, frame, done, piece);
        done += piece;
        at = 0;
      }
      return UnsafeByteOperations.unsafeWrap(frame);
    };
  }
}
