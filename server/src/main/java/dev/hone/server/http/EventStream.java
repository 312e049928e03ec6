package dev.hone.server.http;

import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import tools.jackson.databind.JsonNode;

/// Server-sent events, begun with the first: what is refused before it still is an error object.
final class EventStream {
  private final ServerResponse response;
  private OutputStream out = OutputStream.nullOutputStream();
  private boolean hasBegun;

  EventStream(ServerResponse response) {
    this.response = response;
  }

  void send(JsonNode event) throws IOException {
    write("data: " + event);
  }

  /// @param id from which a reader that was cut off goes on
  void send(String id, JsonNode event) throws IOException {
    write("id: " + id + "\ndata: " + event);
  }

  /// A sign of life, which readers pass over; fails where nobody reads any more.
  void ping() throws IOException {
    write(":");
  }

  void end() throws IOException {
    write("data: [DONE]");
    out.close();
  }

  private void write(String lines) throws IOException {
    if (!hasBegun) {
      response.header(HeaderNames.CONTENT_TYPE, "text/event-stream; charset=utf-8");
      response.header(HeaderNames.CACHE_CONTROL, "no-cache");
      out = response.outputStream();
      hasBegun = true;
    }
    out.write((lines + "\n\n").getBytes(StandardCharsets.UTF_8));
    out.flush();
  }
}
