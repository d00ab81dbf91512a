package dev.livekitbridge.examples.cli;

import static dev.livekitbridge.examples.config.Settings.*;

import dev.livekitbridge.examples.config.Configuration;
import dev.livekitbridge.examples.config.ConfigurationException;
import dev.livekitbridge.examples.config.Setting;
import dev.livekitbridge.server.BridgeServer;
import dev.livekitbridge.server.BridgeServerOptions;
import dev.livekitbridge.server.PlaybackOptions;
import dev.livekitbridge.server.TlsOptions;
import dev.livekitbridge.server.TransportOptions;
import dev.livekitbridge.server.security.Authenticator;
import dev.livekitbridge.server.security.JwtAuthenticator;
import dev.livekitbridge.server.security.SecurityOptions;
import dev.livekitbridge.server.security.StaticTokens;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Makes a server of a configuration. */
final class ServerSetup {
  private static final List<Setting<?>> CREDENTIALS =
      List.of(
          AUTH_TOKEN, AUTH_TOKENS_FILE, AUTH_JWT_SECRET, AUTH_JWT_SECRET_FILE, AUTH_JWT_KEYS_FILE);

  private final Configuration from;

  ServerSetup(Configuration from) {
    this.from = from;
  }

  Duration drain() {
    return Duration.ofMillis(from.get(DRAIN).orElse(5000));
  }

  /** The port for those who run it. */
  AdminSetup admin() {
    return new AdminSetup(
        from.get(ADMIN_PORT).orElse(null), from.get(ADMIN_HOST).orElse("127.0.0.1"));
  }

  @Nullable String host() {
    return from.get(HOST).orElse(null);
  }

  /** The Unix socket; null to listen on TCP. Whoever speaks first decides which. */
  @Nullable Path socket() {
    Configuration.@Nullable Origin socket = from.origin(SOCKET).orElse(null);
    if (socket == null) {
      return null;
    }
    for (Setting<?> tcp : List.of(PORT, HOST)) {
      Configuration.@Nullable Origin other = from.origin(tcp).orElse(null);
      if (other == socket && other != Configuration.Origin.ENVIRONMENT) {
        throw from.bad(SOCKET, "not together with " + tcp.key());
      }
      if (other != null && other.compareTo(socket) < 0) {
        return null;
      }
    }
    return from.get(SOCKET).orElseThrow();
  }

  /** Tells a server all of it. */
  void apply(BridgeServer.Builder builder) {
    Path socket = socket();
    if (socket != null) {
      builder.unixSocket(socket);
    } else {
      builder.port(from.get(PORT).orElse(BridgeServer.DEFAULT_PORT));
      from.get(HOST).ifPresent(builder::host);
    }
    BridgeServerOptions.Builder options =
        BridgeServerOptions.builder()
            .playback(
                checked(
                    ALLOW_PLAYBACK_FROM,
                    allowed ->
                        PlaybackOptions.builder().allow(allowed.toArray(String[]::new)).build(),
                    PlaybackOptions::defaults));
    from.get(MAX_SESSIONS).ifPresent(options::maxSessions);
    from.get(MAX_RESUME_WINDOW).ifPresent(ms -> options.maxResumeWindow(Duration.ofMillis(ms)));
    builder.options(options.build());
    TransportOptions.Builder transport = TransportOptions.builder();
    from.get(EVENT_LOOPS).ifPresent(transport::eventLoops);
    builder.transport(transport.build());
    tls().ifPresent(builder::tls);
    builder.security(security());
  }

  private Optional<TlsOptions> tls() {
    Optional<Path> certificate = from.get(TLS_CERT);
    Optional<Path> key = from.get(TLS_KEY);
    if (certificate.isPresent() != key.isPresent()) {
      throw from.bad(certificate.isPresent() ? TLS_KEY : TLS_CERT, "tls-cert and tls-key together");
    }
    if (certificate.isEmpty() || key.isEmpty()) {
      if (from.get(TLS_CLIENT_CA).isPresent()) {
        throw from.bad(TLS_CLIENT_CA, "tls-cert and tls-key with it");
      }
      return Optional.empty();
    }
    TlsOptions.Builder tls = TlsOptions.builder(certificate.get(), key.get()).reloadEvery(reload());
    from.get(TLS_CLIENT_CA).ifPresent(tls::clientAuthorities);
    return Optional.of(tls.build());
  }

  private SecurityOptions security() {
    SecurityOptions.Builder security = SecurityOptions.builder();
    from.get(SESSIONS_PER_CALLER).ifPresent(security::maxSessionsPerCaller);
    from.get(JOINS_PER_SECOND).ifPresent(security::joinsPerSecond);
    from.get(ALLOW_ROOMS).ifPresent(urls -> security.roomUrls(urls.toArray(String[]::new)));
    authenticator().ifPresent(security::authenticator);
    return security.build();
  }

  private Optional<Authenticator> authenticator() {
    List<Setting<?>> set = CREDENTIALS.stream().filter(s -> from.origin(s).isPresent()).toList();
    if (set.size() > 1) {
      throw from.bad(set.get(1), "not together with " + set.get(0).key());
    }
    Supplier<Optional<Authenticator>> none = Optional::empty;
    List<Optional<Authenticator>> made =
        List.of(
            checked(AUTH_TOKEN, token -> Optional.of(StaticTokens.of(token)), none),
            checked(
                AUTH_TOKENS_FILE, file -> Optional.of(StaticTokens.ofFile(file, reload())), none),
            checked(AUTH_JWT_SECRET, text -> jwt(JwtAuthenticator.sharedSecret(text)), none),
            checked(
                AUTH_JWT_SECRET_FILE, file -> jwt(JwtAuthenticator.sharedSecretFile(file)), none),
            checked(AUTH_JWT_KEYS_FILE, file -> jwt(JwtAuthenticator.publicKeyFile(file)), none));
    return made.stream().flatMap(Optional::stream).findFirst();
  }

  private Optional<Authenticator> jwt(JwtAuthenticator.Builder builder) {
    builder.reloadEvery(reload());
    from.get(AUTH_JWT_ISSUER).ifPresent(builder::issuer);
    from.get(AUTH_JWT_AUDIENCE).ifPresent(builder::audience);
    from.get(AUTH_JWT_USERS_CLAIM).ifPresent(builder::usersClaim);
    return Optional.of(builder.build());
  }

  private Duration reload() {
    return Duration.ofMillis(from.get(RELOAD).orElse(10_000));
  }

  /** What is made of a setting; that it cannot be names the setting. */
  private <T, R> R checked(Setting<T> setting, Function<T, R> make, Supplier<R> otherwise) {
    Optional<T> value = from.get(setting);
    try {
      return value.isPresent() ? make.apply(value.get()) : otherwise.get();
    } catch (ConfigurationException e) {
      throw e;
    } catch (IllegalArgumentException e) {
      throw from.bad(setting, String.valueOf(e.getMessage()));
    }
  }
}
