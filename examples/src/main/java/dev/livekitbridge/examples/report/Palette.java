package dev.livekitbridge.examples.report;

import java.awt.Color;
import java.awt.Font;

/** Colours and fonts of the pictures. The colours can be told apart by the colour-blind. */
final class Palette {
  static final Color HEARD = new Color(0x1f, 0x77, 0xb4);
  static final Color HEARD_FILL = new Color(0x1f, 0x77, 0xb4, 0x55);
  static final Color SENT = new Color(0x77, 0x77, 0x77);
  static final Color FAULT = new Color(0xc0, 0x2a, 0x1d);
  static final Color REPAIR = new Color(0x1b, 0x7f, 0x4b);
  static final Color NOTE = new Color(0x55, 0x55, 0x55);
  static final Color GRID = new Color(0xe4, 0xe6, 0xea);
  static final Color TEXT = new Color(0x22, 0x26, 0x2b);

  static final Font SMALL = new Font(Font.SANS_SERIF, Font.PLAIN, 11);
  static final Font NORMAL = new Font(Font.SANS_SERIF, Font.PLAIN, 12);
  static final Font BOLD = new Font(Font.SANS_SERIF, Font.BOLD, 13);

  private Palette() {}

  static Color of(Mark.Kind kind) {
    return switch (kind) {
      case FAULT -> FAULT;
      case REPAIR -> REPAIR;
      case AUDIO -> HEARD;
      case NOTE -> NOTE;
    };
  }

  static Color ofState(String state) {
    return switch (state) {
      case "CONNECTED" -> new Color(0xcd, 0xea, 0xd9);
      case "CONNECTING" -> new Color(0xe3, 0xe8, 0xf5);
      case "RECONNECTING" -> new Color(0xff, 0xe3, 0xb0);
      case "DEGRADED" -> new Color(0xff, 0xc6, 0xb8);
      default -> new Color(0xd9, 0xd9, 0xd9);
    };
  }
}
