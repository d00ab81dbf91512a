package dev.livekitbridge.server.session;

/** A playback as its caller holds it. */
@FunctionalInterface
public interface PlayTicket {
  /** One that was refused. */
  PlayTicket NONE = () -> {};

  /** The call is gone. */
  void cancel();
}
