package dev.livekitbridge.examples.harness;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A TCP proxy on loopback with faults on demand. What a fault holds back is delivered, in order,
 * when it heals, as TCP itself does after a partition. It differs from a real partition in one
 * thing: a new connection is accepted by the proxy and then hears nothing, where a real one would
 * not be established (use {@link NetworkNamespace} for that). Safe for use by many threads.
 */
public final class FaultProxy implements AutoCloseable {
  /** Which way bytes go. */
  public enum Direction {
    /** From who dialled the proxy to the target. */
    TO_TARGET,
    /** From the target to who dialled the proxy. */
    FROM_TARGET
  }

  /** What a direction does with its bytes. */
  enum Flow {
    PASS,
    /** Takes them and delivers nothing; neither an end nor a reset gets through. */
    BLACK_HOLE,
    /** Takes nothing, so that the sender's buffers fill. */
    STALL
  }

  /**
   * What went through.
   *
   * @param accepted connections taken since the start
   * @param open connections now
   * @param bytesToTarget delivered to the target
   * @param bytesFromTarget delivered from it
   */
  public record Counts(long accepted, int open, long bytesToTarget, long bytesFromTarget) {}

  private static final int CONNECT_LIMIT_MILLIS = 1_000;

  private final InetSocketAddress target;
  private final EventLoopGroup group =
      new MultiThreadIoEventLoopGroup(
          1, new DefaultThreadFactory("fault-proxy", true), NioIoHandler.newFactory());
  private final EventLoop loop = group.next();

  // Everything below is touched on the loop only.
  private final Set<ProxiedConnection> connections = new LinkedHashSet<>();
  private Flow toTarget = Flow.PASS;
  private Flow fromTarget = Flow.PASS;
  private @Nullable Channel listener;
  private long accepted;
  private long bytesToTarget;
  private long bytesFromTarget;

  private volatile int port;

  private FaultProxy(InetSocketAddress target) {
    this.target = target;
  }

  /**
   * Starts a proxy on a free port of the loopback.
   *
   * @param host of the target
   * @param port of the target; it need not listen yet
   * @return the proxy; close it
   */
  public static FaultProxy to(String host, int port) {
    FaultProxy proxy = new FaultProxy(new InetSocketAddress(host, port));
    proxy.listen();
    return proxy;
  }

  /**
   * Where it listens; the same through all faults.
   *
   * @return the port on 127.0.0.1
   */
  public int port() {
    return port;
  }

  /**
   * Where it listens.
   *
   * @return {@code 127.0.0.1:PORT}
   */
  public String address() {
    return "127.0.0.1:" + port;
  }

  private void listen() {
    ServerBootstrap bootstrap =
        new ServerBootstrap()
            .group(group)
            .channel(NioServerSocketChannel.class)
            .option(ChannelOption.SO_REUSEADDR, true)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    accept(channel);
                  }
                });
    Channel bound =
        bootstrap.bind(InetAddress.getLoopbackAddress(), port).syncUninterruptibly().channel();
    port = ((InetSocketAddress) bound.localAddress()).getPort();
    onLoop(
        () -> {
          listener = bound;
          return true;
        });
  }

  private void accept(Channel client) {
    accepted++;
    ProxiedConnection connection =
        new ProxiedConnection(client, this::dial, this::count, connections::remove);
    connections.add(connection);
    connection.start(toTarget, fromTarget);
  }

  private void dial(ProxiedConnection connection) {
    new Bootstrap()
        .group(loop)
        .channel(NioSocketChannel.class)
        .option(ChannelOption.TCP_NODELAY, true)
        .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_LIMIT_MILLIS)
        .handler(connection.targetHandler())
        .connect(target)
        .addListener(
            done -> {
              if (!done.isSuccess()) {
                connection.refused();
              }
            });
  }

  private void count(Direction direction, long count) {
    if (direction == Direction.TO_TARGET) {
      bytesToTarget += count;
    } else {
      bytesFromTarget += count;
    }
  }

  /**
   * Bytes of one direction vanish, and so do its ends and resets; the other direction is as it was
   * (a half-open connection).
   *
   * @param direction which
   */
  public void blackHole(Direction direction) {
    flow(direction, Flow.BLACK_HOLE);
  }

  /** Bytes of both directions vanish. */
  public void blackHole() {
    blackHole(Direction.TO_TARGET);
    blackHole(Direction.FROM_TARGET);
  }

  /**
   * Reads no more in one direction, so that its sender's buffers fill.
   *
   * @param direction which
   */
  public void stall(Direction direction) {
    flow(direction, Flow.STALL);
  }

  /** Resets every connection that is open now; new ones are taken. */
  public void reset() {
    onLoop(
        () -> {
          new ArrayList<>(connections).forEach(ProxiedConnection::reset);
          return true;
        });
  }

  /** Refuses new connections; open ones go on. */
  public void refuse() {
    Optional<Channel> closing =
        onLoop(
            () -> {
              Optional<Channel> current = Optional.ofNullable(listener);
              listener = null;
              return current;
            });
    closing.ifPresent(
        channel -> {
          channel.close().syncUninterruptibly();
          // The kernel's socket is closed when the loop selects again, not before.
          loop.schedule(() -> {}, 1, TimeUnit.MILLISECONDS).syncUninterruptibly();
        });
  }

  /** Ends every fault: takes connections, delivers what was held back, and passes on. */
  public void heal() {
    boolean listening = onLoop(() -> listener != null);
    if (!listening) {
      listen();
    }
    flow(Direction.TO_TARGET, Flow.PASS);
    flow(Direction.FROM_TARGET, Flow.PASS);
  }

  private void flow(Direction direction, Flow flow) {
    onLoop(
        () -> {
          if (direction == Direction.TO_TARGET) {
            toTarget = flow;
          } else {
            fromTarget = flow;
          }
          new ArrayList<>(connections).forEach(each -> each.flow(toTarget, fromTarget));
          return true;
        });
  }

  /**
   * What went through so far.
   *
   * @return a snapshot
   */
  public Counts counts() {
    return onLoop(() -> new Counts(accepted, connections.size(), bytesToTarget, bytesFromTarget));
  }

  private <T> T onLoop(Callable<T> task) {
    return loop.submit(task).syncUninterruptibly().getNow();
  }

  /** Resets what is open and frees the port. */
  @Override
  public void close() {
    refuse();
    reset();
    group.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
  }
}
