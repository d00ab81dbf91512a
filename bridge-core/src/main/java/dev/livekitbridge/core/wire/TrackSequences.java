package dev.livekitbridge.core.wire;

import dev.livekitbridge.proto.TrackSequence;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Sequences by track: a map here, a list of its entries on the wire. */
public final class TrackSequences {
  private TrackSequences() {}

  /** One entry. */
  public static TrackSequence of(int track, long sequence) {
    return TrackSequence.newBuilder().setTrack(track).setSequence(sequence).build();
  }

  /** The entries of a map, in its order. */
  public static List<TrackSequence> list(Map<Integer, Long> map) {
    List<TrackSequence> list = new ArrayList<>(map.size());
    for (Map.Entry<Integer, Long> entry : map.entrySet()) {
      list.add(of(entry.getKey(), entry.getValue()));
    }
    return list;
  }

  /** The map of entries; of two for one track the later counts, as in any map of protobuf. */
  public static Map<Integer, Long> map(List<TrackSequence> list) {
    if (list.size() == 1) {
      return Map.of(list.get(0).getTrack(), list.get(0).getSequence());
    }
    Map<Integer, Long> map = new LinkedHashMap<>();
    for (TrackSequence entry : list) {
      map.put(entry.getTrack(), entry.getSequence());
    }
    return map;
  }
}
