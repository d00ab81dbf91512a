package dev.livekitbridge.examples.springclient;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;

/** A service that says back whatever its users say. */
@SpringBootApplication
@ConfigurationPropertiesScan
public class VoiceApplication {
  /**
   * Runs it until SIGTERM.
   *
   * @param args Spring's
   */
  public static void main(String[] args) {
    SpringApplication.run(VoiceApplication.class, args);
  }
}
