package dev.hone.server.http;

import dev.hone.server.api.FineTuningJob;
import dev.hone.server.job.JobRequest;
import dev.hone.server.job.Jobs;
import dev.hone.server.state.Audit;
import dev.hone.server.state.Scope;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/// `/v1/fine_tuning/jobs`.
final class JobsEndpoint {
  private static final int JOBS = 20;
  private static final int EVENTS = 20;
  private static final int CHECKPOINTS = 10;
  private static final Set<String> PAGE = Set.of("after", "limit");

  /// What a browser's own reader of events says when it was cut off.
  private static final HeaderName LAST_EVENT_ID = HeaderNames.create("Last-Event-ID");

  private final Jobs jobs;
  private final Audit audit;
  private final long bodyBytes;

  JobsEndpoint(Jobs jobs, Audit audit, long bodyBytes) {
    this.jobs = jobs;
    this.audit = audit;
    this.bodyBytes = bodyBytes;
  }

  JsonNode create(Caller caller, ServerRequest request) throws IOException {
    caller.require(Scope.FINE_TUNING);
    var job = jobs.create(caller.tenant(), JobRequest.parse(JsonBody.read(request, bodyBytes)));
    audit.add(caller.tenant(), caller.client(), "job.create", job.id(), "");
    return job.toJson();
  }

  JsonNode list(Caller caller, ServerRequest request) throws IOException {
    caller.require(Scope.FINE_TUNING);
    Query.requireKnown(request, Set.of("after", "limit", "metadata"));
    return jobs.list(caller.tenant(), Query.metadata(request), Query.page(request, JOBS)).toJson();
  }

  JsonNode retrieve(Caller caller, ServerRequest request) throws IOException {
    caller.require(Scope.FINE_TUNING);
    return jobs.retrieve(caller.tenant(), Query.id(request)).toJson();
  }

  JsonNode cancel(Caller caller, ServerRequest request) throws IOException {
    return told(caller, request, "job.cancel", jobs::cancel);
  }

  JsonNode pause(Caller caller, ServerRequest request) throws IOException {
    return told(caller, request, "job.pause", jobs::pause);
  }

  JsonNode resume(Caller caller, ServerRequest request) throws IOException {
    return told(caller, request, "job.resume", jobs::resume);
  }

  /// What is done to a job.
  @FunctionalInterface
  private interface Order {
    FineTuningJob to(String tenant, String id) throws IOException;
  }

  private JsonNode told(Caller caller, ServerRequest request, String action, Order order)
      throws IOException {
    caller.require(Scope.FINE_TUNING);
    var job = order.to(caller.tenant(), Query.id(request));
    audit.add(caller.tenant(), caller.client(), action, job.id(), "");
    return job.toJson();
  }

  /// A page of them, or with `stream=true` all as they happen.
  void events(Caller caller, ServerRequest request, ServerResponse response)
      throws IOException, InterruptedException {
    caller.require(Scope.FINE_TUNING);
    Query.requireKnown(request, Set.of("after", "limit", "stream"));
    if (Query.flag(request, "stream")) {
      var after = Query.text(request, "after").or(() -> request.headers().first(LAST_EVENT_ID));
      new JobEventStream(jobs, caller.tenant(), Query.id(request))
          .sendTo(new EventStream(response), after);
      return;
    }
    var page = jobs.events(caller.tenant(), Query.id(request), Query.page(request, EVENTS));
    Api.send(response, 200, page.toJson());
  }

  JsonNode checkpoints(Caller caller, ServerRequest request) throws IOException {
    caller.require(Scope.FINE_TUNING);
    Query.requireKnown(request, PAGE);
    return jobs.checkpoints(caller.tenant(), Query.id(request), Query.page(request, CHECKPOINTS))
        .toJson();
  }
}
