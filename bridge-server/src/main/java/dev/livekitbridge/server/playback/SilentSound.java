package dev.livekitbridge.server.playback;

/** A sound that failed before it began. */
record SilentSound(PlaybackFault fault) implements Sound {
  @Override
  public boolean reached() {
    return false;
  }

  @Override
  public int available() {
    return 0;
  }

  @Override
  public boolean ended() {
    return true;
  }

  @Override
  public long durationNanos() {
    return UNKNOWN;
  }

  @Override
  public int read(short[] into, int offset, int most) {
    return 0;
  }

  @Override
  public void close() {}

  @Override
  public boolean released() {
    return true;
  }
}
