package dev.livekitbridge.server.security;

/**
 * Tells what a caller may do. Asked before anything is looked up, so that a refusal is the same
 * whether the user exists or not. On a thread of the network: it must not block. Safe for use by
 * many threads.
 */
@FunctionalInterface
public interface Authorizer {
  /**
   * Whether a call may go on.
   *
   * @param caller who calls
   * @param action what for
   * @param userId the user that the call names; empty if it names none
   * @return false ends it with {@code PERMISSION_DENIED}; for {@link Action#TOTALS} the counts are
   *     left out instead
   */
  boolean permits(Caller caller, Action action, String userId);

  /**
   * Goes by {@link Caller#users}, for every action.
   *
   * @return the default
   */
  static Authorizer byUsers() {
    return (caller, action, userId) ->
        action == Action.TOTALS ? caller.mayActForEveryone() : caller.mayActFor(userId);
  }
}
