/// Models of Hugging Face's hub: downloaded, checked against their hashes, and kept in the cache
/// that Python's `huggingface_hub` reads and writes too.
///
/// Nothing of a repository is run. Of its files only those are asked for that a model needs, and
/// weights as safetensors alone: pickle files, which run code when they are read, are refused.
///
/// May use: dev.hone.model, dev.hone.model.checkpoint
package dev.hone.hub;
