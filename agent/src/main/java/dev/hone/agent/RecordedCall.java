package dev.hone.agent;

import dev.hone.model.text.ToolCall;

/// A call of a tool, and what the tool gave.
public record RecordedCall(ToolCall call, String result) {}
