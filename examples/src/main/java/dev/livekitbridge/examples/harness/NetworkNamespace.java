package dev.livekitbridge.examples.harness;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A network namespace of our own, joined to this one by a pair of virtual interfaces whose traffic
 * can be lost, in either direction, without either end being told: packets then go to a hardware
 * address that nobody has. Needs Linux, {@code ip} and root. Not safe for use by many threads.
 */
public final class NetworkNamespace implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(NetworkNamespace.class);
  private static final String PREFIX = "lkbridge-";
  private static final String NOBODY = "02:00:00:00:00:01";
  private static final AtomicInteger NUMBER = new AtomicInteger();

  /** Which way packets go. */
  public enum Direction {
    /** From outside to the processes in the namespace. */
    INTO,
    /** From the processes in the namespace to the outside. */
    OUT_OF
  }

  private final String name;
  private final String outside;
  private final String inside;
  private final String outsideAddress;
  private final String insideAddress;
  private String outsideMac = "";
  private String insideMac = "";

  private NetworkNamespace(long pid, int number) {
    this.name = PREFIX + pid + "-" + number;
    this.outside = "lb" + pid + "o" + number;
    this.inside = "lb" + pid + "i" + number;
    // Two processes at once get different nets, as their ids differ.
    String net = "10.231." + pid % 256 + ".";
    int base = (int) ((pid / 256 * 4 + number * 4L) % 256);
    this.outsideAddress = net + (base + 1);
    this.insideAddress = net + (base + 2);
  }

  /**
   * Makes a namespace, where this machine allows it.
   *
   * @return the namespace, or empty where {@code ip} is missing or we may not
   */
  public static Optional<NetworkNamespace> tryCreate() {
    if (!System.getProperty("os.name", "").toLowerCase(Locale.ROOT).contains("linux")) {
      return Optional.empty();
    }
    removeThoseOfDeadProcesses();
    NetworkNamespace namespace =
        new NetworkNamespace(ProcessHandle.current().pid(), NUMBER.getAndIncrement());
    try {
      namespace.create();
      return Optional.of(namespace);
    } catch (HarnessException e) {
      log.info("no network namespace here: {}", e.getMessage());
      namespace.close();
      return Optional.empty();
    }
  }

  private void create() {
    Shell.mustRun("ip", "netns", "add", name);
    Shell.mustRun(
        "ip", "link", "add", outside, "type", "veth", "peer", "name", inside, "netns", name);
    Shell.mustRun("ip", "addr", "add", outsideAddress + "/30", "dev", outside);
    Shell.mustRun("ip", "link", "set", outside, "up");
    Shell.mustRun("ip", "-n", name, "addr", "add", insideAddress + "/30", "dev", inside);
    Shell.mustRun("ip", "-n", name, "link", "set", inside, "up");
    Shell.mustRun("ip", "-n", name, "link", "set", "lo", "up");
    outsideMac = mac(Shell.run("ip", "-o", "link", "show", outside));
    insideMac = mac(Shell.run("ip", "-n", name, "-o", "link", "show", inside));
    heal();
  }

  private static String mac(Shell.Result shown) {
    String[] parts = shown.output().split("link/ether ", -1);
    if (parts.length != 2 || parts[1].length() < NOBODY.length()) {
      throw new HarnessException("no hardware address in: " + shown.output());
    }
    return parts[1].substring(0, NOBODY.length());
  }

  private static void removeThoseOfDeadProcesses() {
    for (String line : Shell.run("ip", "netns", "list").output().split("\n", -1)) {
      String found = line.split(" ", -1)[0];
      if (found.startsWith(PREFIX)) {
        String pid = found.substring(PREFIX.length()).split("-", -1)[0];
        if (pid.matches("\\d+") && ProcessHandle.of(Long.parseLong(pid)).isEmpty()) {
          Shell.run("ip", "netns", "del", found);
        }
      }
    }
  }

  /**
   * The address of this side of the link.
   *
   * @return where those in the namespace reach those outside
   */
  public String outsideAddress() {
    return outsideAddress;
  }

  /**
   * The address of the far side of the link.
   *
   * @return where those outside reach those in the namespace
   */
  public String insideAddress() {
    return insideAddress;
  }

  /**
   * What to put before a command so that it runs inside.
   *
   * @return words of a command line
   */
  public List<String> commandPrefix() {
    return List.of("ip", "netns", "exec", name);
  }

  /**
   * Loses all packets of one direction from now on.
   *
   * @param direction which
   */
  public void cut(Direction direction) {
    neighbour(direction, NOBODY);
  }

  /** Loses all packets. */
  public void cut() {
    cut(Direction.INTO);
    cut(Direction.OUT_OF);
  }

  /** Lets all packets through again. */
  public void heal() {
    neighbour(Direction.INTO, insideMac);
    neighbour(Direction.OUT_OF, outsideMac);
  }

  private void neighbour(Direction direction, String mac) {
    if (direction == Direction.INTO) {
      Shell.mustRun(
          "ip",
          "neigh",
          "replace",
          insideAddress,
          "lladdr",
          mac,
          "dev",
          outside,
          "nud",
          "permanent");
    } else {
      Shell.mustRun(
          "ip",
          "-n",
          name,
          "neigh",
          "replace",
          outsideAddress,
          "lladdr",
          mac,
          "dev",
          inside,
          "nud",
          "permanent");
    }
  }

  /** Takes the link and the namespace away. */
  @Override
  public void close() {
    Shell.run("ip", "link", "del", outside);
    Shell.run("ip", "netns", "del", name);
  }
}
