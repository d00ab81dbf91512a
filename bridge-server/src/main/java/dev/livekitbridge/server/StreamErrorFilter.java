package dev.livekitbridge.server;

import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import java.util.logging.Filter;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Keeps one thing out of the log: that netty still had bytes of a stream to write when the stream
 * ended. grpc-netty 1.83.1 warns of it with a stack trace for every stream, so that a killed
 * service of a thousand sessions fills the log just when someone has to read it; what it means the
 * session tells in one line, and the frames are kept or counted. All other stream errors pass.
 */
final class StreamErrorFilter implements Filter {
  // Held here: the log manager alone keeps no logger alive.
  private static final Logger GRPC = Logger.getLogger("io.grpc.netty.NettyServerHandler");

  private final @Nullable Filter next;

  private StreamErrorFilter(@Nullable Filter next) {
    this.next = next;
  }

  /** For the whole process, once. */
  static synchronized void install() {
    Filter present = GRPC.getFilter();
    if (!(present instanceof StreamErrorFilter)) {
      GRPC.setFilter(new StreamErrorFilter(present));
    }
  }

  @Override
  public boolean isLoggable(LogRecord record) {
    boolean ended =
        record.getThrown() instanceof Http2Exception.StreamException error
            && error.error() == Http2Error.STREAM_CLOSED;
    return !ended && (next == null || next.isLoggable(record));
  }
}
