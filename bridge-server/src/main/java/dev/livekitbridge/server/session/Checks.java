package dev.livekitbridge.server.session;

import dev.livekitbridge.core.AudioFormat;
import dev.livekitbridge.proto.AudioChunk;
import dev.livekitbridge.proto.AudioInput;
import dev.livekitbridge.proto.JoinRoomRequest;
import dev.livekitbridge.proto.PlayAudioRequest;
import dev.livekitbridge.proto.StopAudioRequest;
import org.jspecify.annotations.Nullable;

/**
 * What is wrong with a message: the field, its value, and what was expected; null for nothing. No
 * text holds a secret.
 */
final class Checks {
  /** Tracks of which a peer may speak in one map; more than any session has. */
  static final int MAX_MAP_ENTRIES = 64;

  private static final float MAX_VOLUME = 4;
  private static final int MAX_URL_LENGTH = 2048;
  private static final int MAX_TOKEN_LENGTH = 16 * 1024;
  private static final int MAX_IGNORED = 100;

  private final SessionSettings.Limits limits;
  private final RoomConnectors connectors;

  Checks(SessionSettings.Limits limits, RoomConnectors connectors) {
    this.limits = limits;
    this.connectors = connectors;
  }

  @Nullable String join(JoinRoomRequest request) {
    String fault = id("user_id", request.getUserId(), true);
    fault = fault != null ? fault : id("room_name", request.getRoomName(), true);
    fault = fault != null ? fault : id("target_identity", request.getTargetIdentity(), false);
    fault = fault != null ? fault : secret("resume_key", request.getResumeKey());
    fault = fault != null ? fault : id("instance", request.getInstance(), false);
    fault = fault != null ? fault : length("token", request.getToken(), MAX_TOKEN_LENGTH);
    fault = fault != null ? fault : url(request.getLivekitUrl());
    fault = fault != null ? fault : ignored(request);
    fault = fault != null ? fault : notNegative("resume_window_ms", request.getResumeWindowMs());
    fault = fault != null ? fault : notNegative("replay_max_age_ms", request.getReplayMaxAgeMs());
    fault = fault != null ? fault : notNegative("live_max_delay_ms", request.getLiveMaxDelayMs());
    if (fault == null && request.getAudioInput() == AudioInput.UNRECOGNIZED) {
      return "audio_input: " + request.getAudioInputValue() + " (expected: 0, 1 or 2)";
    }
    return fault;
  }

  /** What is wrong with a stream's first chunk; its audio, if any, is checked like all other. */
  @Nullable String first(AudioChunk chunk) {
    String fault = id("user_id", chunk.getUserId(), true);
    fault = fault != null ? fault : secret("session_id", chunk.getSessionId());
    if (fault != null) {
      return fault;
    }
    if (chunk.getSampleRate() != 0 && !goodRate(chunk.getSampleRate())) {
      return rate(chunk);
    }
    if (chunk.getChannels() != 0 && !goodChannels(chunk.getChannels())) {
      return channels(chunk);
    }
    return maps(chunk);
  }

  /** What is wrong with a request for a playback, but for its URL: that is the playback's fault. */
  @Nullable String play(PlayAudioRequest request) {
    String fault = id("user_id", request.getUserId(), true);
    fault = fault != null ? fault : id("request_id", request.getRequestId(), false);
    fault = fault != null ? fault : secret("session_id", request.getSessionId());
    if (fault == null && request.getTrackId() < 0) {
      return "track_id: " + request.getTrackId() + " (expected: 0 or more)";
    }
    float volume = request.getVolume();
    if (fault == null && !(volume >= 0 && volume <= MAX_VOLUME)) {
      return "volume: " + volume + " (expected: 0 to 4)";
    }
    return fault;
  }

  /** What is wrong with a request to stop; without a user it is a session that is not found. */
  @Nullable String stop(StopAudioRequest request) {
    String fault = id("user_id", request.getUserId(), false);
    fault = fault != null ? fault : id("request_id", request.getRequestId(), false);
    return fault != null ? fault : secret("session_id", request.getSessionId());
  }

  /** What is wrong with a chunk that carries audio. */
  @Nullable String audio(AudioChunk chunk) {
    int bytes = chunk.getPcmData().size();
    if (!goodRate(chunk.getSampleRate())) {
      return rate(chunk);
    }
    if (!goodChannels(chunk.getChannels())) {
      return channels(chunk);
    }
    if (chunk.getTrackId() < 0) {
      return "track_id: " + chunk.getTrackId() + " (expected: 0 or more)";
    }
    if (bytes > limits.maxFrameBytes()) {
      return "pcm_data: " + bytes + " bytes (expected: at most " + limits.maxFrameBytes() + ")";
    }
    if (bytes % (2 * chunk.getChannels()) != 0) {
      return "pcm_data: "
          + bytes
          + " bytes (expected: a multiple of "
          + 2 * chunk.getChannels()
          + " for PCM16 with "
          + chunk.getChannels()
          + " channel(s))";
    }
    return null;
  }

  @Nullable String maps(AudioChunk chunk) {
    if (chunk.getAcknowledgedCount() > MAX_MAP_ENTRIES) {
      return "acknowledged: " + tooMany(chunk.getAcknowledgedCount());
    }
    if (chunk.getOldestKeptCount() > MAX_MAP_ENTRIES) {
      return "oldest_kept: " + tooMany(chunk.getOldestKeptCount());
    }
    return null;
  }

  @Nullable String id(String field, String value, boolean required) {
    int length = value.length();
    if ((required && length == 0) || length > limits.maxIdLength()) {
      return field
          + ": "
          + (length == 0 ? "empty" : length + " characters")
          + " (expected: "
          + (required ? "1 to " : "at most ")
          + limits.maxIdLength()
          + " characters)";
    }
    for (int i = 0; i < length; i++) {
      if (Character.isISOControl(value.charAt(i))) {
        return field + ": a control character at " + i + " (expected: none)";
      }
    }
    return null;
  }

  private @Nullable String secret(String field, String value) {
    return length(field, value, limits.maxIdLength());
  }

  private static @Nullable String length(String field, String value, int max) {
    return value.length() <= max
        ? null
        : field + ": " + value.length() + " characters (expected: at most " + max + ")";
  }

  private @Nullable String url(String url) {
    if (url.isEmpty() || url.length() > MAX_URL_LENGTH) {
      return "livekit_url: "
          + (url.isEmpty() ? "empty" : url.length() + " characters")
          + " (expected: 1 to "
          + MAX_URL_LENGTH
          + " characters)";
    }
    if (connectors.forUrl(url) == null) {
      int colon = url.indexOf(':');
      return "livekit_url: "
          + (colon < 0 ? "no scheme" : "scheme " + printable(url.substring(0, colon)))
          + " (expected one of: "
          + String.join(", ", connectors.schemes())
          + ")";
    }
    return null;
  }

  private @Nullable String ignored(JoinRoomRequest request) {
    int count = request.getIgnoreIdentitiesCount();
    if (count > MAX_IGNORED) {
      return "ignore_identities: " + count + " (expected: at most " + MAX_IGNORED + ")";
    }
    for (String identity : request.getIgnoreIdentitiesList()) {
      String fault = id("ignore_identities", identity, false);
      if (fault != null) {
        return fault;
      }
    }
    return null;
  }

  private static @Nullable String notNegative(String field, int value) {
    return value >= 0 ? null : field + ": " + value + " (expected: 0 or more)";
  }

  /** Words of a caller behind ours, fit for a log: short, in one line. */
  static String printable(String ours, String theirs) {
    String line = theirs.length() <= 100 ? theirs : theirs.substring(0, 100) + "...";
    return theirs.isEmpty() ? ours : ours + ": " + line.replaceAll("\\p{Cntrl}", " ");
  }

  private static String printable(String text) {
    String clean = text.replaceAll("[^a-zA-Z0-9+.-]", "?");
    return clean.length() <= 20 ? clean : clean.substring(0, 20) + "...";
  }

  private static boolean goodRate(int rate) {
    return rate >= AudioFormat.MIN_SAMPLE_RATE && rate <= AudioFormat.MAX_SAMPLE_RATE;
  }

  private static boolean goodChannels(int channels) {
    return channels == 1 || channels == 2;
  }

  private static String rate(AudioChunk chunk) {
    return "sample_rate: " + chunk.getSampleRate() + " (expected: 8000 to 48000 Hz)";
  }

  private static String channels(AudioChunk chunk) {
    return "channels: " + chunk.getChannels() + " (expected: 1 or 2)";
  }

  private static String tooMany(int entries) {
    return entries + " entries (expected: at most " + MAX_MAP_ENTRIES + ")";
  }
}
