package dev.livekitbridge.server.admin;

/** Text on its way into a page. */
final class Html {
  private Html() {}

  /** Harmless within an element or a quoted attribute. */
  static String escape(String text) {
    StringBuilder out = new StringBuilder(text.length());
    text.codePoints()
        .forEach(
            c -> {
              switch (c) {
                case '&' -> out.append("&amp;");
                case '<' -> out.append("&lt;");
                case '>' -> out.append("&gt;");
                case '"' -> out.append("&quot;");
                case '\'' -> out.append("&#39;");
                default -> {
                  if (!Character.isISOControl(c)) {
                    out.appendCodePoint(c);
                  }
                }
              }
            });
    return out.toString();
  }

  /** So much of a user's id that one who knows it sees it again; the log has all of it. */
  static String initials(String userId) {
    int shown = userId.codePointCount(0, userId.length()) >= 4 ? 2 : 0;
    return escape(userId.substring(0, userId.offsetByCodePoints(0, shown))) + "…";
  }
}
