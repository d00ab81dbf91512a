package dev.livekitbridge.examples.config;

import java.nio.file.Path;
import java.util.List;

/** All that {@code bridge serve} can be told, in the order of the README's table. */
public final class Settings {
  private static final int DAY_MILLIS = 86_400_000;

  public static final Setting<String> HOST =
      Setting.text("host", "address", "all", "Address to listen on.");
  public static final Setting<Integer> PORT =
      Setting.number(
              "port", "TCP port", "9090", 0, 65_535, "Port to listen on; 0 takes a free one.")
          .named("PORT");
  public static final Setting<Path> SOCKET =
      Setting.file("socket", "Unix socket to listen on instead of TCP.")
          .named("LIVEKIT_GRPC_SOCKET");
  public static final Setting<Integer> DRAIN =
      Setting.number(
          "drain", "ms", "5000", 0, DAY_MILLIS, "How long it may take to end after SIGTERM.");
  public static final Setting<Integer> MAX_SESSIONS =
      Setting.number(
          "max-sessions", "sessions", "10000", 1, 1_000_000, "More are refused with OVERLOADED.");
  public static final Setting<Integer> MAX_RESUME_WINDOW =
      Setting.number(
          "max-resume-window",
          "ms",
          "60000",
          0,
          DAY_MILLIS,
          "The longest that a session outlives its stream.");
  public static final Setting<Integer> EVENT_LOOPS =
      Setting.number("event-loops", "threads", "1", 1, 256, "Threads for connections and timers.");
  public static final Setting<List<String>> ALLOW_PLAYBACK_FROM =
      Setting.list(
          "allow-playback-from",
          "host or CIDR",
          "public addresses",
          "Where files may be fetched from although it is not public, such as 10.1.0.0/16.");
  public static final Setting<List<String>> ALLOW_ROOMS =
      Setting.list(
          "allow-rooms",
          "URL pattern",
          "all",
          "Where rooms may be: wss://livekit.example.com, wss://*.example.com, ws://host:7880,"
              + " memory:");
  public static final Setting<Path> TLS_CERT =
      Setting.file("tls-cert", "Certificate chain, PEM; goes with tls-key.");
  public static final Setting<Path> TLS_KEY =
      Setting.file("tls-key", "Its RSA or EC key, PEM, PKCS#8.");
  public static final Setting<Path> TLS_CLIENT_CA =
      Setting.file(
          "tls-client-ca", "Lets only clients in that have a certificate of these authorities.");
  public static final Setting<Integer> RELOAD =
      Setting.number(
          "reload", "ms", "10000", 100, DAY_MILLIS, "How often files of keys are looked at.");
  public static final Setting<String> AUTH_TOKEN =
      Setting.secret("auth-token", "16 characters or more", "The token of the one caller.");
  public static final Setting<Path> AUTH_TOKENS_FILE =
      Setting.file("auth-tokens-file", "Tokens, a line each: NAME TOKEN [USER,USER...].");
  public static final Setting<String> AUTH_JWT_SECRET =
      Setting.secret("auth-jwt-secret", "32 bytes or more", "Secret of JWTs by HS256.");
  public static final Setting<Path> AUTH_JWT_SECRET_FILE =
      Setting.file("auth-jwt-secret-file", "The same in a file; several secrets, one a line.");
  public static final Setting<Path> AUTH_JWT_KEYS_FILE =
      Setting.file(
          "auth-jwt-keys-file", "Public keys of JWTs by RS256 or ES256: a JWK set, or PEM.");
  public static final Setting<String> AUTH_JWT_ISSUER =
      Setting.text("auth-jwt-issuer", "text", "any", "Who must have issued a JWT (iss).");
  public static final Setting<String> AUTH_JWT_AUDIENCE =
      Setting.text("auth-jwt-audience", "text", "any", "For whom a JWT must be (aud).");
  public static final Setting<String> AUTH_JWT_USERS_CLAIM =
      Setting.text(
          "auth-jwt-users-claim", "text", "bridge_users", "Claim with the users of a caller.");
  public static final Setting<Integer> SESSIONS_PER_CALLER =
      Setting.number(
          "sessions-per-caller",
          "sessions",
          "any",
          1,
          1_000_000,
          "Sessions that one caller may have at once.");
  public static final Setting<Integer> JOINS_PER_SECOND =
      Setting.number(
          "joins-per-second", "joins/s", "any", 1, 1_000_000, "Joins that one caller may ask for.");

  public static final Setting<Integer> ADMIN_PORT =
      Setting.number(
          "admin-port",
          "TCP port",
          "none",
          0,
          65_535,
          "Port of /metrics, /healthz, /readyz and the status page; 0 takes a free one.");
  public static final Setting<String> ADMIN_HOST =
      Setting.text(
          "admin-host",
          "address",
          "127.0.0.1",
          "Address of that port, which asks nobody who they are.");

  private static final List<Setting<?>> ALL =
      List.of(
          HOST,
          PORT,
          SOCKET,
          DRAIN,
          MAX_SESSIONS,
          MAX_RESUME_WINDOW,
          EVENT_LOOPS,
          ALLOW_PLAYBACK_FROM,
          ALLOW_ROOMS,
          TLS_CERT,
          TLS_KEY,
          TLS_CLIENT_CA,
          RELOAD,
          AUTH_TOKEN,
          AUTH_TOKENS_FILE,
          AUTH_JWT_SECRET,
          AUTH_JWT_SECRET_FILE,
          AUTH_JWT_KEYS_FILE,
          AUTH_JWT_ISSUER,
          AUTH_JWT_AUDIENCE,
          AUTH_JWT_USERS_CLAIM,
          SESSIONS_PER_CALLER,
          JOINS_PER_SECOND,
          ADMIN_PORT,
          ADMIN_HOST);

  private Settings() {}

  /** All of them. */
  public static List<Setting<?>> all() {
    return ALL;
  }

  /** The table of the README. */
  public static String markdown() {
    StringBuilder table = new StringBuilder();
    table.append("| flag and key | environment | unit | default | range | meaning |\n");
    table.append("| --- | --- | --- | --- | --- | --- |\n");
    for (Setting<?> setting : ALL) {
      table.append(
          "| `%s`%s | `%s` | %s | %s | %s | %s |%n"
              .formatted(
                  setting.key(),
                  setting.secret() ? " (no flag)" : "",
                  setting.env(),
                  setting.unit(),
                  setting.initial().isEmpty() ? "–" : setting.initial(),
                  setting.range().isEmpty() ? "–" : setting.range(),
                  setting.meaning()));
    }
    return table.toString();
  }
}
