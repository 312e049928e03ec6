package dev.hone.ladder.cost;

import java.util.Optional;

/// What answering costs, whatever the traffic.
///
/// @param perRequest for tokens
/// @param perMonth whatever is asked: storage, trainings to keep up
/// @param replica machine that answers; empty where tokens are all that is paid
public record Running(Money perRequest, Money perMonth, Optional<Replica> replica) {
  public static final double HOURS_PER_MONTH = 730;
  public static final double DAYS_PER_MONTH = HOURS_PER_MONTH / 24;

  /// `requests · price + fixed + replicas · hours · price`.
  public Money month(double requestsPerDay) {
    return perRequest
        .times(requestsPerDay * DAYS_PER_MONTH)
        .plus(fixed(replica.map(r -> r.count(requestsPerDay)).orElse(0)));
  }

  /// A month without its requests.
  Money fixed(int replicas) {
    return perMonth.plus(
        replica.map(Replica::perHour).orElse(Money.ZERO).times(replicas * HOURS_PER_MONTH));
  }

  /// Of a thousand requests, all included.
  public Money thousand(double requestsPerDay) {
    return month(requestsPerDay).times(1_000 / (requestsPerDay * DAYS_PER_MONTH));
  }
}
