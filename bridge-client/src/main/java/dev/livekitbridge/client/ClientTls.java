package dev.livekitbridge.client;

import dev.livekitbridge.core.files.FileWatch;
import dev.livekitbridge.core.tls.TlsFiles;
import io.grpc.netty.GrpcSslContexts;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.util.concurrent.DefaultThreadFactory;
import javax.net.ssl.SSLException;
import org.slf4j.LoggerFactory;

/** The TLS of a client, whose keys and certificates follow their files until it is closed. */
final class ClientTls implements AutoCloseable {
  // No longer resumed than that: every connection shows and checks what is in force.
  private static final long SESSION_SECONDS = 1;

  private final FileWatch watch;
  private final SslContext context;

  ClientTls(TlsOptions options) {
    watch =
        new FileWatch(
            new DefaultThreadFactory("bridge-client-tls", true),
            options.reloadEvery,
            LoggerFactory.getLogger(ClientTls.class));
    boolean made = false;
    try {
      context = context(options);
      made = true;
    } catch (SSLException | IllegalArgumentException e) {
      throw new IllegalArgumentException("tls: " + options + " (expected: readable PEM files)", e);
    } finally {
      if (!made) {
        watch.close();
      }
    }
  }

  SslContext context() {
    return context;
  }

  @Override
  public void close() {
    watch.close();
  }

  private SslContext context(TlsOptions options) throws SSLException {
    SslContextBuilder builder =
        GrpcSslContexts.forClient().sessionTimeout(SESSION_SECONDS).protocols("TLSv1.3", "TLSv1.2");
    if (options.trustedCertificates != null) {
      builder.trustManager(TlsFiles.trusted(watch, options.trustedCertificates, true));
    }
    if (options.certificateChain != null && options.privateKey != null) {
      builder.keyManager(TlsFiles.identity(watch, options.certificateChain, options.privateKey));
    }
    return builder.build();
  }
}
