package org.sparkxception.result;

import java.time.Instant;
import java.util.Optional;

/** The columns of a row that say which image it is about. */
public record ImageIdentity(String path, long size, Instant modified, Optional<String> truth) {}
