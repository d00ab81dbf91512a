package dev.livekitbridge.client;

import java.util.ArrayList;
import java.util.List;

/**
 * As whom a session is in the room. Two bridges in one room need two identities; they never forward
 * each other's audio.
 *
 * @param identity for the token
 * @param ignored whose audio the bridge is not to forward
 */
record Place(String identity, List<String> ignored) {
  private static final String SECOND = "~2";

  /** Copies the list. */
  Place {
    ignored = List.copyOf(ignored);
  }

  /** The identity of the request. */
  static Place first(SessionRequest request, boolean mayMove) {
    return new Place(request.identity, ignored(request, mayMove));
  }

  /** The place that is free while this one is taken. */
  Place other(SessionRequest request) {
    boolean first = identity.equals(request.identity);
    return new Place(first ? second(request) : request.identity, ignored(request, true));
  }

  /** The place of the participant that the bridge has, if it is one of ours; else this one. */
  Place as(String participant, SessionRequest request) {
    return participant.equals(other(request).identity()) ? other(request) : this;
  }

  private static List<String> ignored(SessionRequest request, boolean mayMove) {
    List<String> all = new ArrayList<>(request.ignoreIdentities);
    if (mayMove) {
      all.add(request.identity);
      all.add(second(request));
    }
    return all;
  }

  private static String second(SessionRequest request) {
    return request.identity + SECOND;
  }
}
