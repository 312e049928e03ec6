package dev.hone.ladder.distil;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What came of asking a model for rows.
///
/// @param questions to be asked
/// @param asked of them those that were, in this run or before
/// @param fresh answers that this run has asked for
/// @param rows that may be learned from, as lines of JSON
/// @param unchecked of them those that no rule had anything to say of
/// @param refused answers, and calls that failed, by why they are no rows
/// @param promptTokens read for all answers, those of earlier runs included
/// @param answerTokens written
/// @param stop what ended the asking before its end
public record Distilled(
    int questions,
    int asked,
    int fresh,
    List<String> rows,
    int unchecked,
    Map<String, Integer> refused,
    long promptTokens,
    long answerTokens,
    Optional<RuntimeException> stop) {}
