/** What a service embeds to hear and speak in a LiveKit room. */
module dev.livekitbridge.client {
  requires transitive dev.livekitbridge.core;
  requires dev.livekitbridge.proto;
  requires static transitive org.jspecify;
  requires org.slf4j;
}
