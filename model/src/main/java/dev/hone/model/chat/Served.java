package dev.hone.model.chat;

import dev.hone.model.serve.AdapterHandle;
import dev.hone.model.text.ChatRenderer;
import java.util.Optional;

/// A model that answers.
///
/// @param name as requests have it
/// @param adapter on the base; empty for the base alone
/// @param renderer of the prompts that it was trained on
public record Served(String name, Optional<AdapterHandle> adapter, ChatRenderer renderer) {}
