/// The `hone` command: one class per command, and the only place that prints and exits.
///
/// May use: dev.hone.model, dev.hone.model.text
package dev.hone.cli;
