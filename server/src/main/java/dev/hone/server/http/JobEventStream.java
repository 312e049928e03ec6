package dev.hone.server.http;

import dev.hone.server.api.PageRequest;
import dev.hone.server.job.Jobs;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/// A job's events as they happen, oldest first, until the job has ended. Whatever makes them, this
/// server's worker or what an earlier server left, they are read where they are stored.
record JobEventStream(Jobs jobs, String tenant, String id) {
  private static final Duration PAUSE = Duration.ofMillis(300);
  private static final Duration LONGEST_SILENCE = Duration.ofSeconds(5);
  private static final int PART = 500;

  /// @param after the id of the event before the first one
  void sendTo(EventStream out, Optional<String> after) throws IOException, InterruptedException {
    var last = after;
    long heard = System.nanoTime();
    while (true) {
      boolean hasEnded = hasEnded(); // before the events are read, so that none comes later
      var part = jobs.events(tenant, id, new PageRequest(last, PART, true));
      for (var event : part.data()) {
        out.send(event.id(), event.toJson());
        last = Optional.of(event.id());
        heard = System.nanoTime();
      }
      if (hasEnded && !part.hasMore()) {
        out.end();
        return;
      }
      if (System.nanoTime() - heard > LONGEST_SILENCE.toNanos()) {
        out.ping();
        heard = System.nanoTime();
      }
      if (!part.hasMore()) {
        Thread.sleep(PAUSE);
      }
    }
  }

  private boolean hasEnded() throws IOException {
    return jobs.retrieve(tenant, id).status().isFinal();
  }
}
