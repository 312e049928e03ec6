/// The objects of OpenAI's API that the server keeps, and their JSON: files, uploads, fine-tuning
/// jobs, models, pages of them, errors.
///
/// May use: nothing
package dev.hone.server.api;
