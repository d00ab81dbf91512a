package dev.livekitbridge.server.security;

import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/**
 * Who calls: a service, or one user.
 *
 * @param name of the caller, for logs and for what is limited by caller; no secret
 * @param users for whom it may act: user ids, prefixes with a {@code *} at their end such as {@code
 *     team-7/*}, or {@code *} for everyone
 * @param expires when its credentials end; empty for never
 */
public record Caller(String name, Set<String> users, Optional<Instant> expires) {
  /** Everyone, as one of {@link #users}. */
  public static final String EVERYONE = "*";

  /**
   * Takes a copy of the users.
   *
   * @throws IllegalArgumentException if the name is empty
   */
  public Caller {
    if (name.isEmpty()) {
      throw new IllegalArgumentException("name: empty (expected: who the caller is)");
    }
    users = Set.copyOf(users);
  }

  /**
   * A caller whose credentials do not end.
   *
   * @param name of the caller
   * @param users for whom it may act
   * @return a new value
   */
  public static Caller of(String name, String... users) {
    return new Caller(name, Set.of(users), Optional.empty());
  }

  /**
   * Whether it may act for everyone.
   *
   * @return true if {@link #users} has {@code *}
   */
  public boolean mayActForEveryone() {
    return users.contains(EVERYONE);
  }

  /**
   * Whether it may act for a user.
   *
   * @param userId of the user
   * @return whether {@link #users} names it
   */
  public boolean mayActFor(String userId) {
    if (mayActForEveryone()) {
      return true;
    }
    if (userId.isEmpty()) {
      return false;
    }
    for (String pattern : users) {
      boolean prefix = pattern.endsWith(EVERYONE);
      if (prefix
          ? userId.startsWith(pattern.substring(0, pattern.length() - 1))
          : userId.equals(pattern)) {
        return true;
      }
    }
    return false;
  }
}
