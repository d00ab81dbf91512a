package dev.livekitbridge.server.session;

import org.jspecify.annotations.Nullable;

/** What limits the joins of a caller. Never blocks; safe for use by many threads. */
public interface Admission {
  /** Nothing does. */
  Admission OPEN =
      new Admission() {
        @Override
        public boolean mayJoinNow(String caller) {
          return true;
        }

        @Override
        public @Nullable String urlFault(String url) {
          return null;
        }

        @Override
        public int maxSessions() {
          return Integer.MAX_VALUE;
        }
      };

  /** Whether the caller has not asked too often; counts this time. */
  boolean mayJoinNow(String caller);

  /** Why no room may be there, without a secret; null if it may. */
  @Nullable String urlFault(String url);

  /** Sessions that one caller may have at once. */
  int maxSessions();
}
