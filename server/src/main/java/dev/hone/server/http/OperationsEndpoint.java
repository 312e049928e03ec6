package dev.hone.server.http;

import dev.hone.model.chat.ModelHost;
import dev.hone.server.job.JobQueue;
import dev.hone.server.state.State;
import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.util.Optional;
import java.util.function.Supplier;

/// What whoever runs a server asks it: `/healthz`, `/readyz`, `/metrics`. No key is needed.
///
/// @param queue empty until it has begun
record OperationsEndpoint(
    Meter meter, ModelHost host, State state, Supplier<Optional<JobQueue>> queue) {
  private static final System.Logger LOG = System.getLogger(OperationsEndpoint.class.getName());

  /// Whether it lives: there is an answer.
  void health(ServerRequest request, ServerResponse response) {
    response.send("ok\n");
  }

  /// Whether it can do what is asked of it: its database answers, and jobs go on.
  void ready(ServerRequest request, ServerResponse response) {
    var missing = missing();
    if (missing.isPresent()) {
      response.status(Status.SERVICE_UNAVAILABLE_503);
    }
    response.send(missing.orElse("ready") + "\n");
  }

  private Optional<String> missing() {
    try {
      state.requireReachable();
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, "the database does not answer: " + e.getMessage());
      return Optional.of("the database does not answer");
    }
    return queue.get().filter(JobQueue::isWorking).isPresent()
        ? Optional.empty()
        : Optional.of("fine-tuning jobs do not go on");
  }

  void metrics(ServerRequest request, ServerResponse response) throws IOException {
    response.header(HeaderNames.CONTENT_TYPE, "text/plain; version=0.0.4");
    response.send(meter.text(host.waiting(), state.jobs().counts()));
  }
}
