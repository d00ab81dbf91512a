package dev.livekitbridge.examples.demo;

/**
 * The people in the room of a scenario. They speak and listen whatever happens to bridge and
 * service: one speaks speech, one says numbers, one listens.
 */
interface People {
  /** The listener comes in. */
  void listen();

  /** The speakers come in and speak, without end. */
  void speak(byte[] speech);

  /** The speakers go. */
  void fallSilent();

  /** The listener goes. */
  void leave();

  /** Brings both flows up to date with what was said and heard in the room. */
  void refresh(FrameFlow toService, FrameFlow toRoom);

  /** Frames of speech said in the room. */
  int speechSaid();

  /** The speech that came back into the room, as PCM. */
  byte[] speechHeard(String service);

  /** Participants of bridges in the room. */
  int bridges();
}
