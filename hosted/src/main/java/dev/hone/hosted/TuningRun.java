package dev.hone.hosted;

import dev.hone.ladder.rung.Materials;
import dev.hone.model.UsageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/// Takes an order to its end: files, job, model; each step is written down before the next.
final class TuningRun {
  private static final Duration FIRST_POLL = Duration.ofMillis(500);

  /// Looks at a job that may fail one after the other, each with the attempts of its patience.
  private static final int MOST_FAILED_LOOKS = 5;

  /// A new model may take a while until it can be asked.
  private static final Duration READY = Duration.ofMinutes(5);

  private final TuningClient client;
  private final HostedName base;
  private final Path file;
  private final Duration longestPoll;
  private final Budget budget;
  private final Materials.Progress progress;
  private TuningOrder order;

  TuningRun(
      TuningClient client,
      HostedName base,
      Path file,
      Duration longestPoll,
      Budget budget,
      Materials.Progress progress,
      TuningOrder order) {
    this.client = client;
    this.base = base;
    this.file = file;
    this.longestPoll = longestPoll;
    this.budget = budget;
    this.progress = progress;
    this.order = order;
  }

  /// @param isKnown whether the order was made by an earlier run
  /// @return the order with its model
  TuningOrder run(TuningRows train, TuningRows selection, boolean isKnown) throws IOException {
    if (order.end().isEmpty()) {
      reserve(isKnown);
      send(train, selection, isKnown);
      follow(isKnown);
    }
    book();
    var end = order.end().orElseThrow();
    if (end.model().isEmpty()) {
      throw new UsageException(
          "%s: job %s %s%s; hone advise delete clears it away"
              .formatted(
                  base.text(),
                  order.sent().job().orElseThrow(),
                  end.status().equals("succeeded") ? "has made no model" : end.status(),
                  end.error().isEmpty() ? "" : ": " + end.error()),
          "after hone advise delete --rung tuned the same command trains anew");
    }
    return order;
  }

  private void change(TuningOrder to) throws IOException {
    order = to.write(file);
  }

  /// The order is written first, so that nothing stays reserved that no order is known of.
  private void reserve(boolean isKnown) throws IOException {
    change(order);
    try {
      budget.reserveTraining(order.id(), order.forecast().mostTokens());
    } catch (StoppedException e) {
      if (!isKnown) {
        Files.delete(file);
      }
      throw new UsageException("nothing was sent: " + e.getMessage(), e.hint(), e);
    }
    if (!isKnown) {
      say(forecastWords());
    }
  }

  private String forecastWords() {
    return "%,d rows, %s, about %,d tokens%s"
        .formatted(
            order.rows(),
            order.epochs() == 1 ? "once" : order.epochs() + " times",
            order.forecast().tokens(),
            moneyWords(order.forecast()));
  }

  private String moneyWords(TuningOrder.Forecast forecast) {
    double most = budget.trainingUsd(forecast.mostTokens()).orElse(Double.NaN);
    return Double.isNaN(most)
        ? "; what they cost is unknown"
        : most == 0
            ? ""
            : ": about %s, %s at most".formatted(usd(forecast.usd().orElseThrow()), usd(most));
  }

  private static String usd(double usd) {
    return String.format(Locale.ROOT, usd >= 1 ? "$%.2f" : "$%.4f", usd);
  }

  private void say(String words) {
    progress.at(words, 0, 0);
  }

  private void send(TuningRows train, TuningRows selection, boolean isKnown) throws IOException {
    try {
      if (order.sent().trainingFile().isEmpty()) {
        var id = file("train", train, isKnown);
        change(
            order.with(new TuningOrder.Sent(Optional.of(id), Optional.empty(), Optional.empty())));
      }
      if (order.sent().validationFile().isEmpty()) {
        var id = file("valid", selection, isKnown);
        change(
            order.with(
                new TuningOrder.Sent(
                    order.sent().trainingFile(), Optional.of(id), Optional.empty())));
      }
    } catch (RefusedException e) {
      throw e.status() == 404 || e.status() == 405
          ? new UsageException(
              "%s: the server has no files to train on: %s".formatted(base.text(), e.getMessage()),
              "leave --tune-hosted out",
              e)
          : refused(e);
    } catch (CallFailedException e) {
      throw new UsageException(e.getMessage(), "the same command tries again", e);
    }
    if (order.sent().job().isEmpty()) {
      create(isKnown);
    }
  }

  private String file(String part, TuningRows rows, boolean isKnown) {
    var name = order.fileName(part);
    var there = isKnown ? client.file(name) : Optional.<String>empty();
    return there.orElseGet(() -> {
      say("sending %,d rows (%s)".formatted(rows.conversations().size(), name));
      return client.upload(name, rows.jsonl());
    });
  }

  private void create(boolean isKnown) throws IOException {
    try {
      var training = order.sent().trainingFile().orElseThrow();
      var there = isKnown ? client.jobOf(training) : Optional.<TuningJob>empty();
      var job = there.orElseGet(() -> client.create(base.model(), order));
      change(
          order.with(
              new TuningOrder.Sent(
                  order.sent().trainingFile(),
                  order.sent().validationFile(),
                  Optional.of(job.id()))));
    } catch (RefusedException e) {
      throw refused(e);
    } catch (CallFailedException e) {
      throw lost(e);
    }
  }

  private static UsageException refused(RefusedException e) {
    return new UsageException(
        e.getMessage() + "; hone advise delete clears away what was sent",
        "see what the provider trains; or leave --tune-hosted out",
        e);
  }

  private static StoppedException lost(CallFailedException e) {
    return new StoppedException(
        e.getMessage(), "the training may go on there; the same command finds it again");
  }

  private void follow(boolean isKnown) throws IOException {
    var id = order.sent().job().orElseThrow();
    say(
        isKnown
            ? "going on with job " + id
            : "job %s: it goes on even if this command is stopped".formatted(id));
    var pause = FIRST_POLL.compareTo(longestPoll) < 0 ? FIRST_POLL : longestPoll;
    int failed = 0;
    while (true) {
      try {
        var job = client.job(id);
        failed = 0;
        if (job.hasEnded()) {
          end(job);
          return;
        }
        show(job);
      } catch (CallFailedException e) {
        if (++failed == MOST_FAILED_LOOKS) {
          throw lost(e);
        }
        say(e.getMessage() + "; looking again");
      } catch (RefusedException e) {
        throw new UsageException(
            "%s: job %s cannot be seen any more: %s".formatted(base.text(), id, e.getMessage()),
            "hone advise delete --rung tuned clears it away",
            e);
      }
      client.sleep(pause);
      pause =
          pause.multipliedBy(2).compareTo(longestPoll) < 0 ? pause.multipliedBy(2) : longestPoll;
    }
  }

  private void show(TuningJob job) throws IOException {
    if (order.forecast().seconds().isEmpty() && job.estimatedFinish().isPresent()) {
      var forecast = order.forecast();
      double seconds = Duration.between(job.createdAt(), job.estimatedFinish().get()).toSeconds();
      change(
          order.with(
              new TuningOrder.Forecast(
                  forecast.tokens(),
                  forecast.mostTokens(),
                  forecast.usd(),
                  OptionalDouble.of(seconds))));
      say(
          "to be done in %d s, as the provider says"
              .formatted(
                  Math.max(
                      0,
                      Duration.between(Instant.now(), job.estimatedFinish().get()).toSeconds())));
    }
    var steps = job.isRunning() ? client.steps(job.id()) : Optional.<TuningJob.Steps>empty();
    if (steps.isPresent()) {
      progress.at("training", steps.get().done(), steps.get().total());
    } else {
      say(job.status().replace('_', ' '));
    }
  }

  private void end(TuningJob job) throws IOException {
    var seconds =
        job.finishedAt()
            .map(at -> OptionalDouble.of(Duration.between(job.createdAt(), at).toSeconds()))
            .orElse(OptionalDouble.empty());
    var tokens = job.trainedTokens();
    change(
        order.with(
            new TuningOrder.End(
                job.status(),
                job.status().equals("succeeded") ? job.model() : Optional.empty(),
                job.error().orElse(""),
                job.resultFiles(),
                tokens,
                seconds,
                tokens.isPresent()
                    ? budget.trainingUsd(tokens.getAsLong())
                    : OptionalDouble.empty())));
    if (order.end().orElseThrow().model().isPresent()) {
      say(
          "trained%s%s"
              .formatted(
                  tokens.isPresent() ? " on %,d tokens".formatted(tokens.getAsLong()) : "",
                  seconds.isPresent() ? " in %.0f s".formatted(seconds.getAsDouble()) : ""));
      awaitModel(order.end().orElseThrow().model().get());
    }
  }

  private void awaitModel(String name) {
    var until = Instant.now().plus(READY);
    while (!hasModel(name) && Instant.now().isBefore(until)) {
      say("the provider makes the model ready");
      client.sleep(longestPoll);
    }
  }

  /// Whether it is there is of no matter where it cannot be told: the first question will.
  private boolean hasModel(String name) {
    try {
      return client.hasModel(name);
    } catch (CallFailedException | RefusedException e) {
      return true;
    }
  }

  /// What a failed job does not say it has not used. Of one that was cancelled, or does not say,
  /// the most that it may cost stays set aside.
  private void book() throws IOException {
    var end = order.end().orElseThrow();
    var tokens =
        end.trainedTokens().isEmpty() && end.status().equals("failed")
            ? OptionalLong.of(0)
            : end.trainedTokens();
    if (tokens.isPresent()) {
      budget.bookTraining(order.id(), tokens.getAsLong());
    }
  }
}
