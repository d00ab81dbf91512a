package dev.livekitbridge.client;

import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A token by which bridges know this service. Immutable.
 *
 * @param value the secret, as it goes into the header {@code authorization}
 * @param validFor for how long from now; empty for as long as bridges take it
 */
public record BearerToken(String value, Optional<Duration> validFor) {
  // What may stand in that header (RFC 6750).
  private static final Pattern FORM = Pattern.compile("[A-Za-z0-9._~+/-]+=*");

  /**
   * Checks its form.
   *
   * @param value the secret, as it goes into the header {@code authorization}
   * @param validFor for how long from now; empty for as long as bridges take it
   * @throws IllegalArgumentException if the value is no bearer token, or the time not positive
   */
  public BearerToken {
    if (!FORM.matcher(value).matches()) {
      throw new IllegalArgumentException(
          "bearer token: "
              + value.length()
              + " characters (expected: letters, digits and -._~+/=)");
    }
    validFor.ifPresent(time -> Checks.positive("validFor", time));
  }

  /**
   * A token that is not known to end.
   *
   * @param value the secret
   * @return a new value
   */
  public static BearerToken of(String value) {
    return new BearerToken(value, Optional.empty());
  }

  /**
   * A token that ends.
   *
   * @param value the secret
   * @param validFor for how long from now
   * @return a new value
   */
  public static BearerToken of(String value, Duration validFor) {
    return new BearerToken(value, Optional.of(validFor));
  }

  /** Without the secret. */
  @Override
  public String toString() {
    return "BearerToken[value=***, validFor=" + validFor + "]";
  }
}
