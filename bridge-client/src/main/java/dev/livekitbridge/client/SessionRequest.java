package dev.livekitbridge.client;

import dev.livekitbridge.core.AudioFrame;
import dev.livekitbridge.proto.AudioInput;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a session is to be: whose audio, in which room, and who hears it. Immutable; only the user
 * is required. Holds a secret (the resume key) that {@link #toString} does not show.
 */
public final class SessionRequest {
  /** How many different tracks a session may send. */
  public static final int MAX_TRACKS = 16;

  private static final int MAX_URL = 2_048;

  final String userId;
  final String room;
  final String liveKitUrl;
  final String targetIdentity;
  final String identity;
  final String resumeKey;
  final Duration resumeWindow;
  final Duration replayMaxAge;
  final Duration liveMaxDelay;
  final AudioSource audioSource;
  final List<String> ignoreIdentities;
  final @Nullable TokenSupplier tokens;
  final Consumer<AudioFrame> onAudio;
  final Consumer<SessionEvent> onEvent;
  final boolean acknowledgeByHand;
  final boolean standby;
  final Runnable onReady;
  final @Nullable Consumer<AudioFrame> fallback;
  final @Nullable Executor executor;

  private SessionRequest(Builder builder) {
    userId = builder.userId;
    room = builder.room;
    liveKitUrl = builder.liveKitUrl;
    targetIdentity = builder.targetIdentity;
    identity = builder.identity.isEmpty() ? builder.userId : builder.identity;
    resumeKey = builder.resumeKey;
    resumeWindow = builder.resumeWindow;
    replayMaxAge = builder.replayMaxAge;
    liveMaxDelay = builder.liveMaxDelay;
    audioSource = builder.audioSource;
    ignoreIdentities = List.copyOf(builder.ignoreIdentities);
    tokens = builder.tokens;
    onAudio = builder.onAudio;
    onEvent = builder.onEvent;
    acknowledgeByHand = builder.acknowledgeByHand;
    standby = builder.standby;
    onReady = builder.onReady;
    fallback = builder.fallback;
    executor = builder.executor;
  }

  /** Which of the room's audio comes. */
  public enum AudioSource {
    /** PCM in data packets. */
    DATA_PACKETS(AudioInput.DATA_PACKETS),
    /** Audio tracks. */
    AUDIO_TRACKS(AudioInput.AUDIO_TRACKS),
    /** Both. */
    BOTH(AudioInput.BOTH);

    final AudioInput wire;

    AudioSource(AudioInput wire) {
      this.wire = wire;
    }
  }

  /**
   * A request for a user.
   *
   * @param userId whose session; 1 to 256 characters
   * @return a new builder
   * @throws IllegalArgumentException if it is empty or too long
   */
  public static Builder builder(String userId) {
    return new Builder(Checks.required("userId", userId));
  }

  /**
   * Whose session.
   *
   * @return the user
   */
  public String userId() {
    return userId;
  }

  /**
   * The room.
   *
   * @return its name; may be empty
   */
  public String room() {
    return room;
  }

  /** Without secrets. */
  @Override
  public String toString() {
    return "SessionRequest[userId="
        + userId
        + ", room="
        + room
        + ", targetIdentity="
        + targetIdentity
        + ", resumable="
        + !resumeWindow.isZero()
        + ", resumeKey="
        + (resumeKey.isEmpty() ? "none" : "set")
        + "]";
  }

  /** Builds a {@link SessionRequest}. Not thread-safe. */
  public static final class Builder {
    private final String userId;
    private String room = "";
    private String liveKitUrl = "";
    private String targetIdentity = "";
    private String identity = "";
    private String resumeKey = "";
    private Duration resumeWindow = Duration.ofSeconds(10);
    private Duration replayMaxAge = Duration.ZERO;
    private Duration liveMaxDelay = Duration.ZERO;
    private AudioSource audioSource = AudioSource.DATA_PACKETS;
    private List<String> ignoreIdentities = List.of();
    private @Nullable TokenSupplier tokens;
    private Consumer<AudioFrame> onAudio = frame -> {};
    private Consumer<SessionEvent> onEvent = event -> {};
    private boolean acknowledgeByHand;
    private boolean standby;
    private Runnable onReady = () -> {};
    private @Nullable Consumer<AudioFrame> fallback;
    private @Nullable Executor executor;

    private Builder(String userId) {
      this.userId = userId;
    }

    /**
     * The room to join.
     *
     * @param value its name, at most 256 characters; empty by default
     * @return this
     */
    public Builder room(String value) {
      room = Checks.id("room", value);
      return this;
    }

    /**
     * Where the room is.
     *
     * @param value such as {@code ws://localhost:7880} or {@code memory:standup}; empty by default,
     *     for the bridge's own default
     * @return this
     */
    public Builder liveKitUrl(String value) {
      liveKitUrl = Checks.text("liveKitUrl", value, MAX_URL);
      return this;
    }

    /**
     * Whose audio to hear.
     *
     * @param value identity of a participant; empty (the default) for everyone's
     * @return this
     */
    public Builder targetIdentity(String value) {
      targetIdentity = Checks.id("targetIdentity", value);
      return this;
    }

    /**
     * The identity that the bridge's participant is to have; told to the token supplier, which
     * writes it into the token. Where the session moves between bridges without a break, every
     * other place has this identity with {@code ~2} after it.
     *
     * @param value the user by default
     * @return this
     */
    public Builder identity(String value) {
      identity = Checks.required("identity", value);
      return this;
    }

    /**
     * Who mints the tokens. Without one, joins carry none, which suits rooms in memory.
     *
     * @param value asked before every join
     * @return this
     */
    public Builder tokens(@Nullable TokenSupplier value) {
      tokens = value;
      return this;
    }

    /**
     * A secret that is the same after a restart of this service: with it, a new process takes the
     * living session over, and nothing is lost. Without it, a session survives a broken stream but
     * not a new process.
     *
     * @param value a secret of at most 256 characters; empty (the default) for none
     * @return this
     */
    public Builder resumeKey(String value) {
      resumeKey = Checks.text("resumeKey", value, Checks.MAX_ID);
      return this;
    }

    /**
     * How long the bridge is asked to keep the session when its stream breaks.
     *
     * @param value 10 s by default; zero: not at all. The bridge may grant less, 60 s at most
     * @return this
     */
    public Builder resumeWindow(Duration value) {
      Checks.wireMillis("resumeWindow", value);
      resumeWindow = value;
      return this;
    }

    /**
     * Room to service: skip in a replay what is older than this. The bridge counts what it skips as
     * {@link dev.livekitbridge.core.DropCause#STALE}; here it is missing, and told as {@link
     * SessionEvent.FramesLost}.
     *
     * @param value zero (the default): everything is replayed, which suits speech recognition
     * @return this
     */
    public Builder replayMaxAge(Duration value) {
      Checks.wireMillis("replayMaxAge", value);
      replayMaxAge = value;
      return this;
    }

    /**
     * Service to room: skip what is later than this, on this side since {@link BridgeSession#send}
     * and on the bridge while it waits for the room; counted as {@link
     * dev.livekitbridge.core.DropCause#STALE}.
     *
     * @param value zero (the default): everything is played; a live listener wants some 200 ms
     * @return this
     */
    public Builder liveMaxDelay(Duration value) {
      Checks.wireMillis("liveMaxDelay", value);
      liveMaxDelay = value;
      return this;
    }

    /**
     * Which of the room's audio comes.
     *
     * @param value data packets by default
     * @return this
     */
    public Builder audioSource(AudioSource value) {
      audioSource = value;
      return this;
    }

    /**
     * Whose audio never to forward.
     *
     * @param value identities; none by default
     * @return this
     */
    public Builder ignoreIdentities(List<String> value) {
      value.forEach(identity -> Checks.required("ignoreIdentities", identity));
      ignoreIdentities = value;
      return this;
    }

    /**
     * Who hears the room. Called on the executor, one frame at a time; when it returns, the frame
     * counts as delivered, and the bridge may forget it (but see {@link #acknowledgeByHand}). One
     * that throws is logged and counts as delivered as well. One that is too slow loses its own
     * oldest frames.
     *
     * @param value takes 16 kHz mono; nobody by default
     * @return this
     */
    public Builder onAudio(Consumer<AudioFrame> value) {
      onAudio = value;
      return this;
    }

    /**
     * Whether frames are dealt with only when {@link BridgeSession#acknowledge} says so, instead of
     * when {@code onAudio} returns: for a service whose frames are safe later, such as when a
     * recognizer has written down what it heard.
     *
     * @param value false by default
     * @return this
     */
    public Builder acknowledgeByHand(boolean value) {
      acknowledgeByHand = value;
      return this;
    }

    /**
     * Whether to keep a second session ready, warm and silent, at another of the client's bridges:
     * when the first bridge is lost, the second goes on where the first one ended. It needs two
     * bridges and a token supplier, since the two are in the room under two identities; it costs a
     * second participant and the room's audio twice. {@link SessionEvent.StandbyChanged} tells when
     * it is ready, and why it is not.
     *
     * @param value false by default
     * @return this
     */
    public Builder standby(boolean value) {
      standby = value;
      return this;
    }

    /**
     * Who is told what happens. Called on the executor, one event at a time, beside {@code
     * onAudio}: the two may run at the same time.
     *
     * @param value nobody by default
     * @return this
     */
    public Builder onEvent(Consumer<SessionEvent> value) {
      onEvent = value;
      return this;
    }

    /**
     * Told when a sender that was answered {@link SendResult#BUFFERED} or {@link
     * SendResult#DROPPED} may go on. Called as {@link #onEvent} is.
     *
     * @param value nobody by default
     * @return this
     */
    public Builder onReady(Runnable value) {
      onReady = value;
      return this;
    }

    /**
     * Who takes the frames while the session is {@link ConnectionState#DEGRADED}, instead of the
     * buffer. They are not sent to the bridge later. Called on the executor, one frame at a time.
     *
     * @param value nobody by default: frames are buffered
     * @return this
     */
    public Builder fallback(Consumer<AudioFrame> value) {
      fallback = value;
      return this;
    }

    /**
     * Where callbacks run. They may block there, at the cost of this session only if the executor
     * has threads enough. With one that runs them directly, they must not block.
     *
     * @param value the client's own callback threads by default
     * @return this
     */
    public Builder executor(Executor value) {
      executor = value;
      return this;
    }

    /**
     * The request.
     *
     * @return an immutable value
     */
    public SessionRequest build() {
      return new SessionRequest(this);
    }
  }
}
