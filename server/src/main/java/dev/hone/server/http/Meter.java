package dev.hone.server.http;

import com.sun.management.UnixOperatingSystemMXBean;
import dev.hone.server.api.JobStatus;
import java.lang.management.ManagementFactory;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.DoubleAdder;
import java.util.concurrent.atomic.LongAdder;

/// Counts what Prometheus asks for, in its text format (version 0.0.4).
final class Meter {
  private final Map<Integer, LongAdder> requests = new ConcurrentHashMap<>();
  private final DoubleAdder seconds = new DoubleAdder();
  private final LongAdder promptTokens = new LongAdder();
  private final LongAdder answerTokens = new LongAdder();

  private final LongAdder open = new LongAdder();

  void begun() {
    open.increment();
  }

  void answered(int status, double took) {
    requests.computeIfAbsent(status, any -> new LongAdder()).increment();
    seconds.add(took);
    open.decrement();
  }

  void used(long prompt, long answer) {
    promptTokens.add(prompt);
    answerTokens.add(answer);
  }

  /// @param waiting requests for answers that have not had their turn yet
  String text(int waiting, Map<JobStatus, Long> jobs) {
    var text = new StringBuilder();
    text.append("# HELP hone_requests_total Requests answered, by HTTP status.\n");
    text.append("# TYPE hone_requests_total counter\n");
    new TreeMap<>(requests)
        .forEach((status, count) ->
            text.append("hone_requests_total{status=\"%d\"} %d%n".formatted(status, count.sum())));
    counter(text, "hone_request_seconds_total", "Seconds spent on requests.", seconds.sum());
    counter(text, "hone_prompt_tokens_total", "Tokens of prompts.", promptTokens.sum());
    counter(text, "hone_answer_tokens_total", "Tokens of answers.", answerTokens.sum());
    gauge(text, "hone_requests_in_flight", "Requests being answered.", open.sum());
    gauge(text, "hone_answers_waiting", "Answers that wait for their turn.", waiting);
    text.append("# HELP hone_jobs Fine-tuning jobs, by status.\n# TYPE hone_jobs gauge\n");
    jobs.forEach((status, count) ->
        text.append("hone_jobs{status=\"%s\"} %d%n".formatted(status.label(), count)));
    process(text);
    return text.toString();
  }

  /// What a leak would show in.
  private static void process(StringBuilder text) {
    gauge(
        text,
        "process_start_time_seconds",
        "When the process began, since 1970.",
        ManagementFactory.getRuntimeMXBean().getStartTime() / 1e3);
    var heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
    gauge(text, "jvm_heap_used_bytes", "Heap in use, garbage included.", heap.getUsed());
    gauge(text, "jvm_heap_committed_bytes", "Heap taken from the system.", heap.getCommitted());
    gauge(
        text,
        "jvm_threads_current",
        "Platform threads.",
        ManagementFactory.getThreadMXBean().getThreadCount());
    if (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix) {
      long open = unix.getOpenFileDescriptorCount();
      gauge(text, "process_open_fds", "Open file descriptors.", open);
    }
  }

  private static void counter(StringBuilder text, String name, String help, double value) {
    metric(text, "counter", name, help, value);
  }

  private static void gauge(StringBuilder text, String name, String help, double value) {
    metric(text, "gauge", name, help, value);
  }

  private static void metric(
      StringBuilder text, String type, String name, String help, double value) {
    text.append(
        "# HELP %s %s%n# TYPE %s %s%n%s %s%n".formatted(name, help, name, type, name, value));
  }
}
