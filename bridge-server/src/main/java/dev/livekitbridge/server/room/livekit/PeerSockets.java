package dev.livekitbridge.server.room.livekit;

import dev.livekitbridge.server.room.livekit.ice.Candidate;
import dev.livekitbridge.server.room.livekit.ice.TransportKind;
import dev.livekitbridge.server.room.livekit.net.LocalAddresses;
import dev.livekitbridge.server.room.livekit.net.PacketReceiver;
import dev.livekitbridge.server.room.livekit.net.SocketHook;
import dev.livekitbridge.server.room.livekit.net.TcpConnection;
import dev.livekitbridge.server.room.livekit.net.UdpSocket;
import io.netty.channel.EventLoop;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The sockets of one peer connection: a UDP socket for each local address, and TCP connections as
 * ICE asks for them. On the room's event loop only.
 */
final class PeerSockets {
  /** Hears the sockets. */
  interface Listener {
    /** A local address may be used from now on; gives the candidate that names it. */
    Candidate found(InetSocketAddress local, TransportKind transport);

    /** All addresses were found. */
    void complete();

    void packet(Candidate local, InetSocketAddress sender, ByteBuffer packet);

    void unreachable(Candidate local, InetSocketAddress remote);
  }

  /** A server has few TCP candidates; what a hostile one lists is not all dialled. */
  private static final int MOST_CONNECTIONS = 16;

  private record Way(Candidate local, InetSocketAddress remote) {}

  private final EventLoop loop;
  private final SocketHook hook;
  private final LiveKitOptions options;
  private final Listener listener;
  private final Map<Candidate, UdpSocket> udp = new HashMap<>();
  private final Map<Way, TcpConnection> tcp = new HashMap<>();
  private int opening;
  private boolean closed;

  PeerSockets(EventLoop loop, SocketHook hook, LiveKitOptions options, Listener listener) {
    this.loop = loop;
    this.hook = hook;
    this.options = options;
    this.listener = listener;
  }

  /** Opens the sockets; the addresses are told one by one, then that this was all. */
  void open(InetAddress signalling) {
    List<InetAddress> addresses = LocalAddresses.forMedia(signalling);
    if (options.tcp()) {
      addresses.forEach(
          address -> listener.found(new InetSocketAddress(address, 9), TransportKind.TCP));
    }
    opening = options.udp() ? addresses.size() : 0;
    if (opening == 0) {
      listener.complete();
      return;
    }
    addresses.forEach(this::openUdp);
  }

  private void openUdp(InetAddress address) {
    UdpReceiver receiver = new UdpReceiver();
    UdpSocket.open(
        loop,
        address,
        hook,
        receiver,
        socket -> {
          if (closed) {
            socket.close();
            return;
          }
          Candidate candidate = listener.found(socket.localAddress(), TransportKind.UDP);
          receiver.local = candidate;
          udp.put(candidate, socket);
          opened();
        });
  }

  private void opened() {
    opening--;
    if (opening == 0 && !closed) {
      listener.complete();
    }
  }

  /** Sends a packet, which may not be changed any more. */
  void send(Candidate local, InetSocketAddress remote, ByteBuffer packet) {
    if (closed) {
      return;
    }
    if (local.transport() == TransportKind.UDP) {
      UdpSocket socket = udp.get(local);
      if (socket != null) {
        socket.send(remote, packet);
      }
      return;
    }
    Way way = new Way(local, remote);
    TcpConnection connection = tcp.get(way);
    if (connection == null && tcp.size() < MOST_CONNECTIONS) {
      connection =
          TcpConnection.open(
              loop, local.address().getAddress(), remote, hook, new TcpReceiver(way));
      tcp.put(way, connection);
    }
    if (connection != null) {
      connection.send(packet);
    }
  }

  /** A way was chosen: TCP connections beside it are of no use. */
  void keepOnly(Candidate local, InetSocketAddress remote) {
    Way chosen = new Way(local, remote);
    // A connection that is closed tells so at once, and takes itself out of the map.
    for (Way way : List.copyOf(tcp.keySet())) {
      TcpConnection connection = way.equals(chosen) ? null : tcp.remove(way);
      if (connection != null) {
        connection.close();
      }
    }
  }

  void close() {
    closed = true;
    List<UdpSocket> sockets = List.copyOf(udp.values());
    List<TcpConnection> connections = List.copyOf(tcp.values());
    udp.clear();
    tcp.clear();
    sockets.forEach(UdpSocket::close);
    connections.forEach(TcpConnection::close);
  }

  private final class UdpReceiver implements PacketReceiver {
    private @Nullable Candidate local;

    @Override
    public void packet(InetSocketAddress sender, ByteBuffer packet) {
      if (local != null && !closed) {
        listener.packet(local, sender, packet);
      }
    }

    @Override
    public void closed(String detail) {
      if (local == null) {
        // This address cannot be bound, such as an IPv6 address that is still tentative.
        opened();
      }
    }
  }

  private final class TcpReceiver implements PacketReceiver {
    private final Way way;

    TcpReceiver(Way way) {
      this.way = way;
    }

    @Override
    public void packet(InetSocketAddress sender, ByteBuffer packet) {
      if (!closed) {
        listener.packet(way.local(), sender, packet);
      }
    }

    @Override
    public void closed(String detail) {
      if (tcp.remove(way) != null && !closed) {
        listener.unreachable(way.local(), way.remote());
      }
    }
  }
}
