package dev.hone.server.openai;

import dev.hone.model.UsageException;
import dev.hone.model.chat.BusyException;
import dev.hone.model.chat.ModelHost;
import dev.hone.model.serve.Answer;
import dev.hone.model.serve.Request;
import dev.hone.model.serve.Ticket;
import dev.hone.server.api.ApiException;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;

/// Hands requests to an engine, and its refusals back as the API words them.
record Tickets(ModelHost host) {
  /// @param param that is wrong where the engine refuses
  /// @throws BusyException where there is no room now
  Ticket submit(Request request, String param) throws IOException {
    try {
      return host.submit(request);
    } catch (UsageException e) {
      throw ApiException.invalid(param, e.getMessage());
    }
  }

  /// Waits for an answer.
  ///
  /// @throws ApiException where the request could not be answered
  static Answer result(Ticket ticket, String param) throws InterruptedException {
    try {
      return ticket.result().get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof UsageException wrong) {
        throw ApiException.invalid(param, wrong.getMessage());
      }
      throw new IllegalStateException("the engine failed", e);
    }
  }

  /// Ends all, and counts what they took: a client that hangs up has used what was computed for it
  /// until then.
  ///
  /// @param choices answers in a row to one prompt, which counts once
  static Spent end(List<Ticket> tickets, int choices) {
    tickets.forEach(Ticket::cancel);
    long prompt = 0;
    long written = 0;
    for (int i = 0; i < tickets.size(); i++) {
      var answer = tickets.get(i).result().handle((given, failure) -> Optional.ofNullable(given));
      if (answer.join().isEmpty()) {
        continue;
      }
      var generation = answer.join().get().generation();
      boolean isBegun = generation.generatedTokens() > 0;
      prompt += isBegun && i % choices == 0 ? generation.promptTokens() : 0;
      written += generation.ids().size();
    }
    return new Spent(prompt, written);
  }
}
