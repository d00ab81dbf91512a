package dev.livekitbridge.server;

import com.google.common.util.concurrent.ThreadFactoryBuilder;
import dev.livekitbridge.core.files.FileWatch;
import dev.livekitbridge.core.tls.TlsFiles;
import io.grpc.netty.GrpcSslContexts;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.nio.file.Path;
import javax.net.ssl.SSLException;
import org.slf4j.LoggerFactory;

/** The TLS of a server, whose keys and certificates follow their files until it is closed. */
final class ServerTls implements AutoCloseable {
  // The JDK resumes sessions by tickets that a reload would not revoke; a second ends them.
  private static final long SESSION_SECONDS = 1;

  private final FileWatch watch;
  private final SslContext context;

  ServerTls(TlsOptions options) {
    watch =
        new FileWatch(
            new ThreadFactoryBuilder().setNameFormat("bridge-tls").setDaemon(true).build(),
            options.reloadEvery,
            LoggerFactory.getLogger(ServerTls.class));
    boolean made = false;
    try {
      context = context(options);
      made = true;
    } catch (SSLException e) {
      throw new IllegalArgumentException("tls: " + options + " (expected: usable PEM files)", e);
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
        SslContextBuilder.forServer(
                TlsFiles.identity(watch, options.certificateChain, options.privateKey))
            .sessionTimeout(SESSION_SECONDS)
            .protocols("TLSv1.3", "TLSv1.2");
    Path authorities = options.clientAuthorities;
    if (authorities != null) {
      builder
          .trustManager(TlsFiles.trusted(watch, authorities, false))
          .clientAuth(ClientAuth.REQUIRE);
    }
    return GrpcSslContexts.configure(builder).build();
  }
}
