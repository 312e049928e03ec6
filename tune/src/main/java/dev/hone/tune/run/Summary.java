package dev.hone.tune.run;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/// How a run ended: `summary.json`.
///
/// Estimates stand beside outcomes; that of the time is for the steps that were taken. Memory is
/// the process's peak resident set, which the operating system counts. The metric is the answers'
/// measure that has chosen the step, where one did.
public record Summary(
    @JsonProperty("method") String method,
    @JsonProperty("base") String base,
    @JsonProperty("settings") Map<String, Object> settings,
    @JsonProperty("rows") long rows,
    @JsonProperty("held_out_rows") long heldOutRows,
    @JsonProperty("steps") long steps,
    @JsonProperty("best_step") long bestStep,
    @JsonProperty("stopped_early") boolean stoppedEarly,
    @JsonProperty("held_out_loss_before") double heldOutLossBefore,
    @JsonProperty("held_out_loss_after") double heldOutLossAfter,
    @JsonProperty("held_out_perplexity_before") double heldOutPerplexityBefore,
    @JsonProperty("held_out_perplexity_after") double heldOutPerplexityAfter,
    @JsonProperty("held_out_token_accuracy_before") double heldOutTokenAccuracyBefore,
    @JsonProperty("held_out_token_accuracy_after") double heldOutTokenAccuracyAfter,
    @JsonProperty("probe_bits_per_byte_before") double probeBitsPerByteBefore,
    @JsonProperty("probe_bits_per_byte_after") double probeBitsPerByteAfter,
    @JsonProperty("metric") @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<String> metric,
    @JsonProperty("metric_before") @JsonInclude(JsonInclude.Include.NON_ABSENT)
        OptionalDouble metricBefore,
    @JsonProperty("metric_after") @JsonInclude(JsonInclude.Include.NON_ABSENT)
        OptionalDouble metricAfter,
    @JsonProperty("trained_tokens") long trainedTokens,
    @JsonProperty("tokens") long tokens,
    @JsonProperty("tokens_per_second") double tokensPerSecond,
    @JsonProperty("trained_tokens_per_second") double trainedTokensPerSecond,
    @JsonProperty("training_seconds") double trainingSeconds,
    @JsonProperty("wall_seconds") double wallSeconds,
    @JsonProperty("estimated_wall_seconds") double estimatedWallSeconds,
    @JsonProperty("peak_memory_bytes") long peakMemoryBytes,
    @JsonProperty("estimated_peak_memory_bytes") long estimatedPeakMemoryBytes,
    @JsonProperty("fingerprint") String fingerprint) {}
