package dev.livekitbridge.server.playback;

import dev.livekitbridge.server.playback.PlaybackFault.Kind;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.MessageConstraintException;
import org.apache.hc.core5.http.NoHttpResponseException;
import org.apache.hc.core5.util.Timeout;

/**
 * Fetches files over http and https, under the guard of addresses: each hop of a redirect is
 * resolved, checked and connected to anew. Blocks; cancelled from other threads. Safe for use by
 * many.
 */
final class HttpFetcher implements AutoCloseable {
  private static final int MAX_REDIRECTS = 5;
  private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);

  private final CloseableHttpClient client;
  private final PlaybackSettings settings;

  HttpFetcher(PlaybackSettings settings, GuardedResolver.Lookup lookup) {
    this.settings = settings;
    Timeout connect = Timeout.of(settings.firstByteNanos(), TimeUnit.NANOSECONDS);
    Timeout stall = Timeout.of(settings.stallNanos(), TimeUnit.NANOSECONDS);
    // No proxy, cookies, stored credentials, retries or decompression; no connection is used twice.
    client =
        HttpClients.custom()
            .setConnectionManager(
                PoolingHttpClientConnectionManagerBuilder.create()
                    .setDnsResolver(
                        new GuardedResolver(new AddressGuard(settings.allowed()), lookup))
                    .setDefaultConnectionConfig(
                        ConnectionConfig.custom()
                            .setConnectTimeout(connect)
                            .setSocketTimeout(stall)
                            .build())
                    .setMaxConnTotal(2 * settings.maxPerServer())
                    .setMaxConnPerRoute(2 * settings.maxPerServer())
                    .build())
            .setDefaultRequestConfig(
                RequestConfig.custom()
                    .setResponseTimeout(stall)
                    .setConnectionRequestTimeout(connect)
                    .build())
            .setConnectionReuseStrategy((request, response, context) -> false)
            .setUserAgent("livekit-bridge")
            .disableRedirectHandling()
            .disableAutomaticRetries()
            .disableContentCompression()
            .disableCookieManagement()
            .disableAuthCaching()
            .build();
  }

  /**
   * Fetches a file.
   *
   * @param cancel lets go of it from another thread
   * @return its bytes as they come
   * @throws IOException a {@link PlaybackException}, but where it was cancelled
   */
  Download open(MediaUrl url, Cancellation cancel) throws IOException {
    MediaUrl at = url;
    for (int hop = 0; hop <= MAX_REDIRECTS; hop++) {
      HttpGet request = new HttpGet(at.uri());
      request.setHeader("Accept", "audio/*, */*;q=0.5");
      request.setHeader("Accept-Encoding", "identity");
      cancel.with(request::cancel);
      ClassicHttpResponse response = execute(request, at);
      boolean passedOn = false;
      try {
        int status = response.getCode();
        if (REDIRECTS.contains(status)) {
          Header location = response.getFirstHeader("Location");
          if (location == null) {
            throw new PlaybackException(
                Kind.HTTP_STATUS, at + " answered " + status + " without saying where to go");
          }
          at = at.resolve(location.getValue());
        } else {
          Download download = download(response, at);
          passedOn = true;
          return download;
        }
      } finally {
        if (!passedOn) {
          discard(request, response);
        }
      }
    }
    throw new PlaybackException(
        Kind.HTTP_STATUS, url + " redirects more than " + MAX_REDIRECTS + " times");
  }

  @Override
  public void close() {
    client.close(org.apache.hc.core5.io.CloseMode.IMMEDIATE);
  }

  private ClassicHttpResponse execute(HttpGet request, MediaUrl at) throws IOException {
    try {
      return client.executeOpen(null, request, null);
    } catch (GuardedResolver.Refused e) {
      throw new PlaybackException(
          Kind.ADDRESS_REFUSED,
          "the address of "
              + at.host()
              + " is not public, or the bridge may not fetch from it (PlaybackOptions.allow permits it)");
    } catch (UnknownHostException e) {
      throw new PlaybackException(Kind.UNREACHABLE, "no such host: " + at.host());
    } catch (InterruptedIOException e) {
      throw new PlaybackException(Kind.TIMEOUT, at.host() + " did not answer in time");
    } catch (SSLException e) {
      throw new PlaybackException(
          Kind.UNREACHABLE, "no trusted TLS connection to " + at.host() + ": " + name(e));
    } catch (IOException e) {
      throw new PlaybackException(
          Kind.UNREACHABLE, "could not fetch from " + at.host() + ": " + name(e));
    }
  }

  private static void discard(HttpGet request, ClassicHttpResponse response) {
    request.cancel();
    try {
      response.close();
    } catch (IOException e) {
      // Its connection is closed already: nothing of it is wanted.
    }
  }

  private Download download(ClassicHttpResponse response, MediaUrl at) throws IOException {
    int status = response.getCode();
    if (status != 200) {
      throw new PlaybackException(
          Kind.HTTP_STATUS, at + " answered " + status + " (expected: 200 and the file)");
    }
    HttpEntity entity = response.getEntity();
    if (entity == null) {
      throw new PlaybackException(Kind.UNSUPPORTED, at + " is empty");
    }
    String coding = entity.getContentEncoding();
    if (coding != null && !coding.isEmpty() && !coding.equalsIgnoreCase("identity")) {
      throw new PlaybackException(
          Kind.UNSUPPORTED,
          at + " is compressed in transit (" + printable(coding) + "), though asked not to be");
    }
    long length = entity.getContentLength();
    if (length > settings.maxBytes()) {
      throw tooLarge(at, settings.maxBytes());
    }
    return new Download(entity.getContent(), length, at, settings.maxBytes());
  }

  static PlaybackException tooLarge(MediaUrl at, long most) {
    return new PlaybackException(
        Kind.TOO_LARGE, at + " is larger than " + most + " bytes, the most that is played");
  }

  /**
   * What kind of failure it was; in words, where they are not those of whom it was fetched from.
   */
  static String name(Exception failure) {
    boolean ours =
        failure instanceof SocketException
            || failure instanceof SSLException
            || failure instanceof NoHttpResponseException
            || failure instanceof MessageConstraintException;
    String message = failure.getMessage();
    return ours && message != null ? printable(message) : failure.getClass().getSimpleName();
  }

  /** Words that a server may have had a part in: short, in one line. */
  private static String printable(String text) {
    String line = text.length() <= 200 ? text : text.substring(0, 200) + "...";
    return line.replaceAll("\\p{Cntrl}", " ");
  }
}
