package dev.livekitbridge.examples.springserver;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** A web app with a bridge in it: HTTP on one port, gRPC on another. */
@SpringBootApplication
public class BridgeApplication {
  /**
   * Runs it until SIGTERM.
   *
   * @param args Spring's
   */
  public static void main(String[] args) {
    SpringApplication.run(BridgeApplication.class, args);
  }
}
