package dev.hone.agent;

import dev.hone.tune.data.Source;
import java.nio.file.Path;
import java.util.Optional;

/// What is to be measured.
///
/// @param base a model's directory
/// @param system a prompt for the base, measured beside the base as the rows ask
/// @param adapter on the base, measured beside the base alone
/// @param data rows with tools
/// @param maxTokens the most tokens of a message
/// @param maxSteps the most messages of a turn
public record AgentRequest(
    Path base,
    Optional<String> system,
    Optional<Path> adapter,
    Source data,
    int maxTokens,
    int maxSteps,
    int threads) {}
