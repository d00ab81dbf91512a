package dev.livekitbridge.examples.roomhost;

import com.google.protobuf.ByteString;
import dev.livekitbridge.core.AudioFrame;
import dev.livekitbridge.core.TimeSource;
import dev.livekitbridge.server.room.memory.TrackListener;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Writes down what a listener hears, track by track. Safe for use by many threads. */
final class HearingLog implements TrackListener {
  private static final long MOST_PCM_BYTES = 10L * 60 * 32_000;

  private final TimeSource time;
  private final boolean keepPcm;
  // Guarded by this, with all in it.
  private final Map<Track, Log> logs = new LinkedHashMap<>();

  HearingLog(TimeSource time, boolean keepPcm) {
    this.time = time;
    this.keepPcm = keepPcm;
  }

  @Override
  public synchronized void onAudio(String identity, String trackName, AudioFrame frame) {
    Log log = logs.computeIfAbsent(new Track(identity, trackName), track -> new Log());
    ByteString pcm = frame.toByteString();
    log.frames++;
    log.bytes += pcm.size();
    log.heardAtMillis.add(time.epochMillis());
    log.numbers.add(NumberedFrames.read(pcm));
    if (keepPcm && log.pcmBytes < MOST_PCM_BYTES) {
      log.pcm.add(pcm);
      log.pcmBytes += pcm.size();
    }
  }

  synchronized List<HeardTrack> report() {
    List<HeardTrack> report = new ArrayList<>();
    logs.forEach(
        (track, log) ->
            report.add(
                new HeardTrack(
                    track.identity,
                    track.name,
                    log.frames,
                    log.bytes,
                    log.heardAtMillis.toArray(),
                    log.numbers.toArray())));
    return report;
  }

  synchronized List<ByteString> recording(String identity, String trackName) {
    Log log = logs.get(new Track(identity, trackName));
    return log == null ? List.of() : List.copyOf(log.pcm);
  }

  private record Track(String identity, String name) {}

  private static final class Log {
    private final LongLog heardAtMillis = new LongLog();
    private final LongLog numbers = new LongLog();
    private final List<ByteString> pcm = new ArrayList<>();
    private long frames;
    private long bytes;
    private long pcmBytes;
  }
}
