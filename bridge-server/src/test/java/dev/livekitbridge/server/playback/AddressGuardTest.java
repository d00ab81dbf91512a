package dev.livekitbridge.server.playback;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.net.InetAddresses;
import java.net.InetAddress;
import java.util.List;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@NullMarked
class AddressGuardTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "0.0.0.0",
        "0.1.2.3",
        "10.0.0.1",
        "10.255.255.255",
        "100.64.0.1",
        "100.100.100.200",
        "127.0.0.1",
        "127.255.255.254",
        "168.63.129.16",
        "169.254.0.1",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.8",
        "192.168.1.1",
        "198.18.0.1",
        "224.0.0.1",
        "239.255.255.255",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "::127.0.0.1",
        "::ffff:0:127.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b::a00:1",
        "64:ff9b:1::1",
        "2002:7f00:1::",
        "2002:c0a8:101::1",
        "2001:0:a00:1::1",
        "fc00::1",
        "fd00:ec2::254",
        "fe80::1",
        "fec0::1",
        "ff02::1",
        "2001:db8::1"
      })
  void whatIsNotPublicIsRefused(String address) {
    assertThat(AddressGuard.isPublic(InetAddresses.forString(address))).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1.1.1.1",
        "9.255.255.255",
        "11.0.0.0",
        "100.63.255.255",
        "100.128.0.0",
        "172.15.255.255",
        "172.32.0.0",
        "192.167.255.255",
        "223.255.255.255",
        "2606:4700::1111",
        "64:ff9b::101:101",
        "2002:101:101::1"
      })
  void whatIsPublicIsNot(String address) {
    assertThat(AddressGuard.isPublic(InetAddresses.forString(address))).isTrue();
  }

  @Test
  void whatIsAllowedIsPermittedAndNothingElse() {
    AddressGuard guard =
        new AddressGuard(
            AllowList.of(List.of("media.internal", "10.1.0.0/16", "fd12::/16", "::1")));
    assertThat(permitted(guard, "any.example", "10.1.2.3", "10.2.2.3", "1.1.1.1"))
        .extracting(InetAddress::getHostAddress)
        .containsExactly("10.1.2.3", "1.1.1.1");
    assertThat(permitted(guard, "Media.Internal", "192.168.1.1")).hasSize(1);
    assertThat(permitted(guard, "x.media.internal", "192.168.1.1")).isEmpty();
    assertThat(permitted(guard, "any.example", "fd12::1", "::1", "fd13::1")).hasSize(2);
  }

  private static InetAddress[] permitted(AddressGuard guard, String host, String... addresses) {
    InetAddress[] all = new InetAddress[addresses.length];
    for (int i = 0; i < all.length; i++) {
      all[i] = InetAddresses.forString(addresses[i]);
    }
    return guard.permitted(host, all);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/x", "http://a", "a b", "*"})
  void whatIsNoHostAndNoNetworkIsRefused(String entry) {
    assertThatThrownBy(() -> AllowList.of(List.of(entry)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("allow: " + entry);
  }
}
