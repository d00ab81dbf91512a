package dev.livekitbridge.server.security;

import dev.livekitbridge.core.files.FileWatch;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Callers known by tokens that do not change by themselves. Kept as digests, and compared in the
 * same time wherever a difference is.
 */
public final class StaticTokens implements Authenticator, AutoCloseable {
  private static final int MIN_LENGTH = 16;
  private static final Pattern SPACES = Pattern.compile("\\s+");
  private static final Pattern COMMA = Pattern.compile(",");

  private final Supplier<List<Entry>> entries;
  private final @Nullable FileWatch watch;

  private StaticTokens(Supplier<List<Entry>> entries, @Nullable FileWatch watch) {
    this.entries = entries;
    this.watch = watch;
  }

  /**
   * One token, whose bearer may act for everyone.
   *
   * @param token a secret of 16 characters or more
   * @return a new authenticator
   * @throws IllegalArgumentException if it is shorter
   */
  public static StaticTokens of(String token) {
    return of(Map.of(token, Caller.of("static", Caller.EVERYONE)));
  }

  /**
   * A caller for each token.
   *
   * @param callers by their tokens, secrets of 16 characters or more
   * @return a new authenticator
   * @throws IllegalArgumentException if one is shorter
   */
  public static StaticTokens of(Map<String, Caller> callers) {
    List<Entry> list =
        callers.entrySet().stream().map(e -> Entry.of(e.getKey(), e.getValue())).toList();
    return new StaticTokens(() -> list, null);
  }

  /**
   * The tokens of a file, which is read again when its content has changed. A line is {@code NAME
   * TOKEN [USER,USER...]}: whose token it is, and for whom the caller may act (see {@link
   * Caller#users}; everyone by default). What follows a {@code #} at the start of a line is not
   * read.
   *
   * @param file to read
   * @param reloadEvery how often it is looked at
   * @return a new authenticator; close it
   * @throws IllegalArgumentException if the file cannot be used
   */
  public static StaticTokens ofFile(Path file, Duration reloadEvery) {
    FileWatch watch = SecurityThreads.watch(reloadEvery);
    try {
      return new StaticTokens(
          watch.value("static tokens", List.of(file), contents -> parse(contents.get(0))), watch);
    } catch (IllegalArgumentException e) {
      watch.close();
      throw e;
    }
  }

  @Override
  public Caller authenticate(CallerCredentials credentials) throws AuthenticationException {
    byte[] digest =
        digest(
            credentials
                .bearerToken()
                .orElseThrow(() -> new AuthenticationException("no bearer token")));
    Caller found = null;
    for (Entry entry : entries.get()) {
      if (MessageDigest.isEqual(entry.digest, digest)) {
        found = entry.caller;
      }
    }
    if (found == null) {
      throw new AuthenticationException("unknown token");
    }
    return found;
  }

  /** Ends the watch over the file, if there is one. */
  @Override
  public void close() {
    if (watch != null) {
      watch.close();
    }
  }

  static List<Entry> parse(byte[] content) {
    List<Entry> parsed = new ArrayList<>();
    int number = 0;
    for (String line : new String(content, StandardCharsets.UTF_8).lines().toList()) {
      number++;
      String text = line.strip();
      if (text.isEmpty() || text.startsWith("#")) {
        continue;
      }
      List<String> words = SPACES.splitAsStream(text).toList();
      if (words.size() < 2 || words.size() > 3) {
        throw new IllegalArgumentException(
            "line " + number + ": expected NAME TOKEN [USER,USER...]");
      }
      Set<String> users =
          words.size() == 2
              ? Set.of(Caller.EVERYONE)
              : COMMA.splitAsStream(words.get(2)).collect(Collectors.toSet());
      parsed.add(Entry.of(words.get(1), new Caller(words.get(0), users, Optional.empty())));
    }
    if (parsed.isEmpty()) {
      throw new IllegalArgumentException("no token in it, expected: NAME TOKEN [USER,USER...]");
    }
    return parsed;
  }

  private static byte[] digest(String token) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has it", e);
    }
  }

  /** A token, as its digest, and who bears it. */
  static final class Entry {
    private final byte[] digest;
    private final Caller caller;

    private Entry(byte[] digest, Caller caller) {
      this.digest = digest;
      this.caller = caller;
    }

    static Entry of(String token, Caller caller) {
      if (token.length() < MIN_LENGTH) {
        throw new IllegalArgumentException(
            "token of "
                + caller.name()
                + ": "
                + token.length()
                + " characters (expected: 16 or more)");
      }
      return new Entry(digest(token), caller);
    }
  }
}
