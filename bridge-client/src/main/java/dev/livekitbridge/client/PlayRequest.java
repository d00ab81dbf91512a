package dev.livekitbridge.client;

import dev.livekitbridge.core.TrackId;
import java.net.URI;
import java.time.Duration;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * What is to be played into the room. Immutable; only the address is required. An address may carry
 * a secret in its query or its user info; neither is shown by {@link #toString}, nor logged.
 */
public final class PlayRequest {
  /** The loudest that a bridge takes. */
  public static final float MAX_VOLUME = 4f;

  private static final int MAX_URL = 2_048;

  final String url;
  final String requestId;
  final TrackId track;
  final float volume;
  final boolean stopOther;
  final Duration startTimeout;
  final Consumer<PlaybackEvent> onEvent;

  private PlayRequest(Builder builder) {
    url = builder.url;
    requestId = builder.requestId;
    track = builder.track;
    volume = builder.volume;
    stopOther = builder.stopOther;
    startTimeout = builder.startTimeout;
    onEvent = builder.onEvent;
  }

  /**
   * A builder for a file that the bridge fetches itself.
   *
   * @param url {@code http} or {@code https}, as the bridge sees the network; at most 2,048
   *     characters. Bridges refuse addresses of private networks unless they are told otherwise
   * @return a new builder
   * @throws IllegalArgumentException if it is no such address
   */
  public static Builder url(String url) {
    return new Builder(checked(url));
  }

  @Override
  public String toString() {
    return "PlayRequest[url="
        + shown(url)
        + ", track="
        + track.trackName()
        + ", volume="
        + volume
        + ", stopOther="
        + stopOther
        + "]";
  }

  /** The address without what may be a secret. */
  static String shown(String url) {
    URI uri = URI.create(url);
    String port = uri.getPort() < 0 ? "" : ":" + uri.getPort();
    return uri.getScheme() + "://" + uri.getHost() + port + uri.getRawPath();
  }

  private static String checked(String url) {
    Checks.text("url", url, MAX_URL);
    URI uri;
    try {
      uri = URI.create(url);
    } catch (IllegalArgumentException e) {
      // Its message would show the whole address; the text of the caller is not repeated.
      throw unusable("not an address");
    }
    String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
    if (!scheme.equals("http") && !scheme.equals("https")) {
      throw unusable("scheme '" + scheme + "'");
    }
    if (uri.getHost() == null) {
      throw unusable("no host");
    }
    return url;
  }

  private static IllegalArgumentException unusable(String what) {
    return new IllegalArgumentException("url: " + what + " (expected: http://… or https://…)");
  }

  /** Builds a {@link PlayRequest}. Not thread-safe. */
  public static final class Builder {
    private final String url;
    private String requestId = "";
    private TrackId track = TrackId.SPEAKER;
    private float volume = 1f;
    private boolean stopOther;
    private Duration startTimeout = Duration.ofSeconds(30);
    private Consumer<PlaybackEvent> onEvent = event -> {};

    private Builder(String url) {
      this.url = url;
    }

    /**
     * The track of the room that it is heard on. A playback replaces the one on its own track and
     * leaves those of other tracks alone.
     *
     * @param value {@link TrackId#SPEAKER} by default
     * @return this
     */
    public Builder track(TrackId value) {
      track = value;
      return this;
    }

    /**
     * How loud.
     *
     * @param value a factor: 0 is mute, 1 (the default) as it is, at most {@value #MAX_VOLUME}
     * @return this
     * @throws IllegalArgumentException if it is none of these
     */
    public Builder volume(float value) {
      if (!(value >= 0 && value <= MAX_VOLUME)) {
        throw new IllegalArgumentException(
            "volume: " + value + " (expected: 0 to " + MAX_VOLUME + ")");
      }
      volume = value;
      return this;
    }

    /**
     * Whether what plays on the session's other tracks is stopped, too.
     *
     * @param value false by default
     * @return this
     */
    public Builder stopOther(boolean value) {
      stopOther = value;
      return this;
    }

    /**
     * A name of one's own for the playback. A process that takes a session over (with a {@link
     * SessionRequest.Builder#resumeKey}) and asks for the same name joins the playback of before,
     * if that still goes on, instead of beginning anew. In a session a name is of one playback: one
     * of the 64 that ended last, asked for again, only tells its end again.
     *
     * @param value at most 256 characters; random by default
     * @return this
     */
    public Builder requestId(String value) {
      requestId = Checks.required("requestId", value);
      return this;
    }

    /**
     * How long it may take from the call until the first frame is played; a session that is not
     * connected yet has to become so within this time. Else the playback has failed.
     *
     * @param value 30 s by default; more than zero
     * @return this
     */
    public Builder startTimeout(Duration value) {
      startTimeout = Checks.positive("startTimeout", value);
      return this;
    }

    /**
     * Who is told how it goes. Called on the session's executor, one event at a time for each
     * playback, beside the session's other callbacks. One that throws is logged.
     *
     * @param value nobody by default
     * @return this
     */
    public Builder onEvent(Consumer<PlaybackEvent> value) {
      onEvent = value;
      return this;
    }

    /**
     * The request.
     *
     * @return an immutable value
     */
    public PlayRequest build() {
      return new PlayRequest(this);
    }
  }
}
