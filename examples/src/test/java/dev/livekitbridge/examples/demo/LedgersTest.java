package dev.livekitbridge.examples.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.livekitbridge.examples.terminal.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LedgersTest {
  private final List<String> broken = new ArrayList<>();
  private final Ledgers ledgers = new Ledgers(broken::add);

  @Test
  void anUnbalancedLedgerBreaksTheLaw() {
    ledgers.ofClient(
        Json.read("{'sent':{'balanced':true},'received':{'balanced':true}}".replace('\'', '"')));
    assertThat(broken).isEmpty();

    ledgers.ofClient(
        Json.read("{'sent':{'balanced':true},'received':{'balanced':false}}".replace('\'', '"')));
    assertThat(broken).singleElement().asString().contains("client", "room -> service");

    ledgers.ofBridge(
        Json.read(
            "{'sessions':[{'to_client':{'balanced':true},'to_room':{}}]}".replace('\'', '"')));
    assertThat(broken).hasSize(2).last().asString().contains("bridge", "service -> room");
    assertThat(ledgers.sessions()).isEqualTo(1);
  }

  @Test
  void dropsAreKeptByDirectionAndWhoCountedThem() {
    ledgers.ofClient(
        Json.read(
            "{'sent':{'balanced':true,'dropped':{'OVERFLOW':3}},'received':{'balanced':true}}"
                .replace('\'', '"')));
    ledgers.ofBridge(
        Json.read(
            ("{'sessions':[],'frames':{'to_client':{'accepted':9,'dropped closed':2},"
                    + "'to_room':{'dropped stale':4}}}")
                .replace('\'', '"')));

    assertThat(ledgers.drops("room -> service")).containsExactly(Map.entry("bridge: closed", 2L));
    assertThat(ledgers.drops("service -> room"))
        .containsOnly(Map.entry("client: overflow", 3L), Map.entry("bridge: stale", 4L));
    ledgers.bridgeDied();
    assertThat(ledgers.drops("room -> service")).isEmpty();
  }
}
