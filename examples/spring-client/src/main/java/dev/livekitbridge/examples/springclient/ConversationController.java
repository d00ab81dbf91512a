package dev.livekitbridge.examples.springclient;

import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

/** Whoever wants a conversation says so over HTTP. */
@RestController
class ConversationController {
  private final Conversations conversations;

  ConversationController(Conversations conversations) {
    this.conversations = conversations;
  }

  @PutMapping("/conversations/{user}")
  @ResponseStatus(HttpStatus.ACCEPTED)
  void begin(@PathVariable String user, @RequestParam String url, @RequestParam String room) {
    conversations.begin(user, url, room);
  }

  @DeleteMapping("/conversations/{user}")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void end(@PathVariable String user) {
    if (!conversations.end(user)) {
      throw new ResponseStatusException(HttpStatus.NOT_FOUND, "no conversation of " + user);
    }
  }
}
