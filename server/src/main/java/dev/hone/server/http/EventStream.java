package dev.hone.server.http;

import dev.hone.server.api.ApiException;
import dev.hone.server.openai.Chat;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import tools.jackson.databind.JsonNode;

/// Server-sent events, begun with the first: what is refused before it still is an error object.
final class EventStream {
  private static final System.Logger LOG = System.getLogger(EventStream.class.getName());

  private final ServerResponse response;
  private OutputStream out = OutputStream.nullOutputStream();
  private boolean hasBegun;

  EventStream(ServerResponse response) {
    this.response = response;
  }

  /// Gives events to a sink.
  @FunctionalInterface
  interface Source {
    void give(Chat.Sink sink) throws IOException, InterruptedException;
  }

  /// Streams what a source gives, to its end. What fails on the way is the last event, an error
  /// object, and no `[DONE]` follows it.
  static void send(ServerResponse response, Source source)
      throws IOException, InterruptedException {
    var events = new EventStream(response);
    try {
      source.give(events::send);
      events.end();
    } catch (UncheckedIOException | CloseConnectionException e) {
      throw e; // the client has gone
    } catch (RuntimeException e) {
      events.fail(e);
    }
  }

  private void fail(RuntimeException failure) throws IOException {
    if (!hasBegun) {
      throw failure;
    }
    if (!(failure instanceof ApiException)) {
      LOG.log(System.Logger.Level.ERROR, "a stream failed", failure);
    }
    var error = failure instanceof ApiException told ? told : Api.internal();
    send(error.toJson());
    out.close();
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
