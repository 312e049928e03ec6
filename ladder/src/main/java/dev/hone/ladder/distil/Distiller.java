package dev.hone.ladder.distil;

import dev.hone.ladder.rung.CallLog;
import dev.hone.ladder.rung.ChatModel;
import dev.hone.ladder.rung.Decoding;
import dev.hone.ladder.rung.Reply;
import dev.hone.ladder.task.Question;
import dev.hone.model.UsageException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import tools.jackson.databind.json.JsonMapper;

/// Asks a model questions, and makes rows of the answers that rules accept (rejection sampling).
///
/// An answer that the token limit has cut is never one. Answers are kept in a log as they come, so
/// that a run that goes on asks for none again; a call that failed is made again. What lets nothing
/// more be asked, a refused key or a budget that is used up, ends the asking, and the rows so far
/// remain.
public final class Distiller {
  private final ChatModel model;
  private final Settings settings;
  private final CallLog log;
  private final Progress progress;
  private final String recipe;
  private final Map<Question, List<Sample>> samples = new ConcurrentHashMap<>();
  private final AtomicReference<RuntimeException> stop = new AtomicReference<>();
  private int accepted;

  /// How it asks.
  ///
  /// @param samples the most answers to a question: the likeliest, then drawn ones
  /// @param keepsAll whether all of them are asked for, and each that is accepted kept; else the
  ///   first that is accepted ends the asking
  /// @param rules that all must hold
  /// @param atOnce questions that are asked at the same time
  public record Settings(int samples, boolean keepsAll, List<Rule> rules, int atOnce) {}

  /// Who is told how far it is.
  @FunctionalInterface
  public interface Progress {
    void asked(int questions, int accepted);
  }

  /// An answer, and what became of it.
  ///
  /// @param call empty where it failed
  /// @param refusal why it is no row; empty where it is
  /// @param isChecked whether a rule had something to say
  record Sample(
      Optional<CallLog.Call> call, boolean isFresh, Optional<String> refusal, boolean isChecked) {}

  public Distiller(ChatModel model, Settings settings, CallLog log, Progress progress) {
    this.model = model;
    this.settings = settings;
    this.log = log;
    this.progress = progress;
    this.recipe = CallLog.recipe(model.recipe());
  }

  /// Asks them all, as far as it comes.
  ///
  /// @param name of the model, which rows carry
  public Distilled run(List<Question> questions, String name) {
    // The same question twice is asked by one, so that it is not asked twice.
    var groups = new LinkedHashMap<String, List<Question>>();
    for (var question : questions) {
      groups.computeIfAbsent(asked(question), any -> new ArrayList<>()).add(question);
    }
    if (settings.atOnce() == 1) {
      groups.values().forEach(this::ask);
    } else {
      askAtOnce(groups.values().stream().toList());
    }
    return DistilledRows.of(questions, samples, name, Optional.ofNullable(stop.get()));
  }

  private void askAtOnce(List<List<Question>> groups) {
    var tasks = new ArrayList<Future<?>>();
    try (var pool = Executors.newFixedThreadPool(settings.atOnce(), Thread.ofVirtual().factory())) {
      groups.forEach(group -> tasks.add(pool.submit(() -> ask(group))));
    }
    try {
      for (var task : tasks) {
        task.get();
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private void ask(List<Question> group) {
    try {
      for (var question : group) {
        ask(question);
      }
    } catch (RuntimeException e) {
      stop.compareAndSet(null, e);
    }
  }

  private void ask(Question question) {
    var found = new ArrayList<Sample>();
    boolean isOver = false;
    while (stop.get() == null && !isOver && found.size() < settings.samples()) {
      var sample = sample(question, found.size());
      found.add(sample);
      samples.put(question, List.copyOf(found)); // whatever stops the next one
      boolean isEnough = !settings.keepsAll() && sample.refusal().isEmpty();
      isOver = isEnough || sample.call().isEmpty();
    }
    tell(found);
  }

  private synchronized void tell(List<Sample> found) {
    accepted += (int) found.stream().filter(sample -> sample.refusal().isEmpty()).count();
    progress.asked(samples.size(), accepted);
  }

  private static String asked(Question question) {
    return JsonMapper.shared().writeValueAsString(question.asked());
  }

  private Sample sample(Question question, int number) {
    var key = CallLog.key(recipe, asked(question), number);
    var known = log.find(key);
    if (known.isPresent()) {
      return judged(question, known.get(), false);
    }
    if (!model.fits(question.asked())) {
      return failed("the question is too long for the model");
    }
    Reply reply;
    try {
      var how = number == 0 ? Decoding.GREEDY : Decoding.GREEDY.drawn(number);
      reply = model.reply(question.asked(), how);
    } catch (IOException | UsageException e) {
      return failed("the call failed: " + e.getMessage());
    }
    var call = new CallLog.Call(reply, Optional.empty());
    try {
      log.add(key, call);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return judged(question, call, true);
  }

  private static Sample failed(String why) {
    return new Sample(Optional.empty(), false, Optional.of(why), false);
  }

  /// One at a time: a user's program reads one answer after the other.
  private synchronized Sample judged(Question question, CallLog.Call call, boolean isFresh) {
    var answer = call.reply().text();
    if (call.reply().isCut() || answer.isBlank()) {
      var why = call.reply().isCut() ? "cut by the token limit" : "empty";
      return new Sample(Optional.of(call), isFresh, Optional.of(why), true);
    }
    boolean isChecked = false;
    for (var rule : settings.rules()) {
      var holds = rule.holds(question, answer);
      if (holds.isPresent() && !holds.get()) {
        return new Sample(Optional.of(call), isFresh, Optional.of(rule.name()), true);
      }
      isChecked |= holds.isPresent();
    }
    return new Sample(Optional.of(call), isFresh, Optional.empty(), isChecked);
  }
}
