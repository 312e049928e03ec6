package dev.hone.server.answer;

import java.util.Optional;

/// What is asked of an [Answering].
///
/// @param text the last thing that the user said
/// @param system an instruction of the caller's
public record Question(String text, Optional<String> system) {}
