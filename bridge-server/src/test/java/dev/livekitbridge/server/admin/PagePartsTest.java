package dev.livekitbridge.server.admin;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The parts of the status page: escaping, masking, charts. */
class PagePartsTest {
  @Test
  void textCannotBecomeMarkup() {
    assertThat(Html.escape("<script>alert('x\"&')</script>\0"))
        .isEqualTo("&lt;script&gt;alert(&#39;x&quot;&amp;&#39;)&lt;/script&gt;");
  }

  @Test
  void ofAUserAreShownTwoLetters() {
    assertThat(Html.initials("alice@example.com")).isEqualTo("al…");
    assertThat(Html.initials("<b>x")).isEqualTo("&lt;b…");
    assertThat(Html.initials("😀😁😂😃")).isEqualTo("😀😁…");
    assertThat(Html.initials("bob")).as("two of three letters would be nearly all").isEqualTo("…");
    assertThat(Html.initials("")).isEqualTo("…");
  }

  @Test
  void ratesAreOfTheTimeBetweenTwoSamples() {
    History history = new History();
    history.add(new History.Sample(0, 1, 0, 0, 0));
    history.add(new History.Sample(5_000, 2, 200, 50, 5));
    history.add(new History.Sample(10_000, 2, 200, 50, 5));
    assertThat(history.sessions()).containsExactly(1.0, 2.0, 2.0);
    assertThat(history.frameRates()).containsExactly(50.0, 0.0);
    assertThat(history.lossRates()).containsExactly(1.0, 0.0);
  }

  @Test
  void historyEndsAfterTenMinutes() {
    History history = new History();
    for (int i = 0; i < 1_000; i++) {
      history.add(new History.Sample(i * 5_000L, i, 0, 0, 0));
    }
    assertThat(history.sessions()).hasSize(121).last().isEqualTo(999.0);
  }

  @Test
  void aChartGrowsFromTheRightAndFitsItsHighestValue() {
    String svg = Chart.svg("Sessions", "", java.util.List.of(0.0, 5.0, 10.0), "blue");
    assertThat(svg).contains("points=\"590.0,120.0 595.0,69.0 600.0,18.0\"").contains("now 10");
  }
}
