package dev.livekitbridge.examples.cli;

import dev.livekitbridge.client.BearerToken;
import dev.livekitbridge.client.BridgeClient;
import dev.livekitbridge.client.TlsOptions;
import dev.livekitbridge.examples.terminal.CommandException;
import dev.livekitbridge.examples.terminal.ExitCode;
import io.grpc.ChannelCredentials;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Metadata;
import io.grpc.TlsChannelCredentials;
import io.grpc.stub.MetadataUtils;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which bridge a command talks to, and who asks. */
final class BridgeTarget {
  @Option(
      names = {"-b", "--bridge"},
      paramLabel = "ADDRESS",
      description = {
        "HOST:PORT, unix:PATH or dns:///NAME:PORT of the bridge. Default: the socket in",
        "LIVEKIT_GRPC_SOCKET, else LIVEKIT_GRPC_BRIDGE_URL, else localhost:9090."
      })
  private @Nullable String address;

  @Option(names = "--tls", description = "The bridge speaks TLS; Java's authorities vouch for it.")
  private boolean tls;

  @Option(
      names = "--tls-ca",
      paramLabel = "PATH",
      description = "It speaks TLS; these authorities vouch for it, PEM.")
  private @Nullable Path authorities;

  @Option(
      names = "--tls-cert",
      paramLabel = "PATH",
      description = "Certificate to show to a bridge with tls-client-ca, PEM; goes with --tls-key.")
  private @Nullable Path certificate;

  @Option(names = "--tls-key", paramLabel = "PATH", description = "Its key, PEM, PKCS#8.")
  private @Nullable Path key;

  @Option(
      names = "--bearer-file",
      paramLabel = "PATH",
      description = {
        "File with the token, static or a JWT, for a bridge that asks who calls. Default:",
        "LIVEKIT_GRPC_TOKEN of the environment, if it is set."
      })
  private @Nullable Path bearerFile;

  /** The address, from the command line or the environment. */
  String address() {
    if (address != null) {
      return address;
    }
    String socket = System.getenv("LIVEKIT_GRPC_SOCKET");
    if (socket != null && !socket.isBlank()) {
      return "unix:" + socket;
    }
    String url = System.getenv("LIVEKIT_GRPC_BRIDGE_URL");
    return url == null || url.isBlank() ? "localhost:9090" : url;
  }

  /** A client of it. */
  BridgeClient client() {
    BridgeClient.Builder client = BridgeClient.builder(address());
    if (speaksTls()) {
      TlsOptions.Builder options = TlsOptions.builder();
      if (authorities != null) {
        options.trustedCertificates(authorities);
      }
      if (certificate != null && key != null) {
        options.clientCertificate(certificate, key);
      }
      client.tls(options.build());
    }
    if (bearer() != null) {
      // Each time anew: a token in a file may be replaced.
      client.bearer(() -> BearerToken.of(String.valueOf(bearer())));
    }
    try {
      return client.build();
    } catch (IllegalArgumentException e) {
      throw new CommandException(ExitCode.USAGE, String.valueOf(e.getMessage()), e);
    }
  }

  /** A channel to it, for a question or two. */
  ManagedChannel channel() {
    ManagedChannelBuilder<?> channel = Grpc.newChannelBuilder(address(), credentials());
    String token = bearer();
    if (token != null) {
      if (!speaksTls() && !address().matches("(unix:|localhost:|127\\.|\\[::1]).*")) {
        throw new CommandException(
            ExitCode.USAGE,
            "the token would go to " + address() + " in plain text (expected: --tls or --tls-ca)");
      }
      Metadata headers = new Metadata();
      headers.put(
          Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), "Bearer " + token);
      channel.intercept(MetadataUtils.newAttachHeadersInterceptor(headers));
    }
    return channel.build();
  }

  private ChannelCredentials credentials() {
    if (!speaksTls()) {
      return InsecureChannelCredentials.create();
    }
    try {
      TlsChannelCredentials.Builder credentials = TlsChannelCredentials.newBuilder();
      if (authorities != null) {
        credentials.trustManager(authorities.toFile());
      }
      if (certificate != null && key != null) {
        credentials.keyManager(certificate.toFile(), key.toFile());
      }
      return credentials.build();
    } catch (IOException | IllegalArgumentException e) {
      throw new CommandException(
          ExitCode.USAGE,
          "--tls-ca, --tls-cert, --tls-key: " + e.getMessage() + " (expected: files in PEM)",
          e);
    }
  }

  /** What to look at when it does not answer. */
  String whatToCheck() {
    String runs = "is it running ('bridge serve' starts one), and ";
    if (!speaksTls()) {
      return runs + "does it speak TLS (--tls-ca, --tls)?";
    }
    return runs
        + "does it speak TLS, is its certificate for this name and of an authority in --tls-ca, and"
        + (certificate == null
            ? " does it want one of ours (--tls-cert, --tls-key)?"
            : " is ours of an authority in its tls-client-ca?");
  }

  private boolean speaksTls() {
    if ((certificate == null) != (key == null)) {
      throw new CommandException(ExitCode.USAGE, "--tls-cert and --tls-key go together");
    }
    return tls || authorities != null || certificate != null;
  }

  private @Nullable String bearer() {
    if (bearerFile != null) {
      try {
        return Files.readString(bearerFile).strip();
      } catch (IOException e) {
        throw new CommandException(
            ExitCode.USAGE, "--bearer-file: cannot read " + bearerFile + " (expected: a token)", e);
      }
    }
    String token = System.getenv("LIVEKIT_GRPC_TOKEN");
    return token == null || token.isBlank() ? null : token.strip();
  }
}
