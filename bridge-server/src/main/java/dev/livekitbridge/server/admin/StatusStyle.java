package dev.livekitbridge.server.admin;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/** How the status page looks, by day and by night, on a desk and on a phone. */
final class StatusStyle {
  static final String CSS =
      """
      :root{color-scheme:light dark;--bg:#f6f7f9;--card:#fff;--ink:#1b2430;--soft:#5b6673;\
      --line:#dfe4ea;--blue:#2563eb;--green:#0f8a5f;--red:#c62828}
      @media(prefers-color-scheme:dark){:root{--bg:#10151c;--card:#19212b;--ink:#e8edf3;\
      --soft:#9aa7b5;--line:#2b3643;--blue:#7aa7ff;--green:#4cc894;--red:#ff7b72}}
      *{box-sizing:border-box}
      body{margin:0 auto;max-width:1100px;padding:16px;background:var(--bg);color:var(--ink);\
      font:16px/1.45 system-ui,sans-serif}
      header{display:flex;flex-wrap:wrap;align-items:center;gap:4px 12px}
      h1{font-size:22px;margin:0}h2{font-size:16px;margin:0 0 8px}
      header p{margin:0 0 0 auto;color:var(--soft);font-size:14px}
      .badge{padding:2px 10px;border-radius:99px;color:#fff;font-size:14px;font-weight:600}
      .badge.good{background:#0f8a5f}.badge.bad{background:#c62828}
      .tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(140px,1fr));gap:12px;\
      margin:16px 0}
      .tile,section:not(.tiles),figure{background:var(--card);border:1px solid var(--line);\
      border-radius:10px;padding:12px}
      .tile b{display:block;font-size:26px;line-height:1.2}.tile span{font-weight:600}
      .tile small{display:block;color:var(--soft)}.tile.bad{border-color:var(--red)}
      .tile.bad b{color:var(--red)}
      .charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(280px,1fr));gap:12px}
      figure{margin:0}figcaption{display:flex;justify-content:space-between;font-weight:600}
      .now{font-variant-numeric:tabular-nums}
      svg{display:block;width:100%;height:110px;margin:4px 0}
      .grid{stroke:var(--line)}
      polyline{fill:none;stroke-width:2;vector-effect:non-scaling-stroke;stroke-linejoin:round}
      .blue{stroke:var(--blue)}.green{stroke:var(--green)}.red{stroke:var(--red)}
      .scale{display:flex;justify-content:space-between;margin:0;color:var(--soft);font-size:13px}
      section:not(.tiles){margin-top:12px}.none{margin:4px 0;color:var(--soft);font-size:14px}
      .scroll{overflow-x:auto}
      table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums;font-size:15px}
      th,td{text-align:left;padding:6px 12px 6px 0;border-bottom:1px solid var(--line);\
      white-space:nowrap;vertical-align:top}
      tr:last-child td{border-bottom:0}th{color:var(--soft);font-weight:600;font-size:13px}
      td small{display:block;color:var(--soft)}
      .state.streaming{color:var(--green)}.state.detached{color:var(--red)}
      """;

  /** For the content security policy: this style and no other. */
  static final String HASH = hash();

  private StatusStyle() {}

  private static String hash() {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(CSS.getBytes(StandardCharsets.UTF_8));
      return "'sha256-" + Base64.getEncoder().encodeToString(digest) + "'";
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JRE has SHA-256", e);
    }
  }
}
